import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { Address } from "viem";

import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { registerCircuit } from "../../context/register-circuit.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption } from "../option-values.ts";

interface RegisterOptions {
  readonly policy: Address;
}

export function addCircuitRegister(group: Command, cli: Cli): void {
  const command = group
    .command("register")
    .summary("make a policy serve a circuit")
    .description(
      "Deploys the verifier of a verification key, as snarkjs emits it, and registers it with a zk policy. Anybody may; the id follows " +
        "from the key, so nobody can take it for another verifier. Nothing is sent when it is registered already.",
    )
    .argument("<folder>", "folder with verification-key.json")
    .requiredOption("--policy <address>", "the zk policy", addressOption);
  const examples = ["deco circuit register keys/cubic --policy 0x1234…"];
  cli.action<RegisterOptions>(command, { examples }, async (context, { policy }, folder = "") => {
    const { parseVerificationKey } = await import("@deco-network/proofs");
    const key = parseVerificationKey(await readFile(join(folder, "verification-key.json")));
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { circuit, verifier, known } = await registerCircuit(
      ...([market, account, policy, key, context.signal] as const),
    );
    return {
      json: { status: known ? "known" : "registered", circuit, verifier },
      text: [
        known
          ? `The circuit ${circuit} is registered already.`
          : `The circuit ${circuit} is registered; its verifier is ${verifier}.`,
      ],
    };
  });
}
