import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { waitForReceipt } from "@deco-network/sdk";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import type { Command } from "commander";
import { type Address, type Hash, zeroAddress } from "viem";
import { readContract, sendTransaction, writeContract } from "viem/actions";

import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
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
    const proofs = await import("@deco-network/proofs");
    const key = proofs.parseVerificationKey(await readFile(join(folder, "verification-key.json")));
    const circuit = proofs.circuitIdOf(key);
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { client } = market;
    const at = { address: policy, abi: zkPolicyAbi } as const;
    const known = await readContract(client, {
      ...{ ...at, functionName: "getCircuit", args: [circuit] },
    });
    if (known.verifier !== zeroAddress) {
      if (known.tombstoned) {
        throw new CliError("circuit-refused", "Governance removed this circuit for ever.", {
          where: circuit,
          remedy: "Use another setup; see docs/PROOFS.md.",
        });
      }
      return {
        json: { status: "known", circuit, verifier: known.verifier },
        text: [`The circuit ${circuit} is registered already.`],
      };
    }
    const chain = client.chain;
    const data = proofs.verifierCreationCode(key);
    const deployed = await mined(
      market,
      await sendTransaction(client, { account, chain, data }),
      context.signal,
    );
    const verifier = deployed.contractAddress;
    if (!verifier) throw new TypeError("A deployment without an address.");
    const shape = BigInt(proofs.SYSTEMS.indexOf(key.system));
    const hash = await writeContract(client, {
      ...{ ...at, functionName: "register", args: [verifier, shape] },
      ...{ account, chain },
    });
    await mined(market, hash, context.signal);
    return {
      json: { status: "registered", circuit, verifier },
      text: [`The circuit ${circuit} is registered; its verifier is ${verifier}.`],
    };
  });
}

async function mined({ client }: OpenMarket, hash: Hash, signal: AbortSignal) {
  const receipt = await waitForReceipt(client, { hash, signal });
  if (receipt.status === "success") return receipt;
  throw new CliError("circuit-refused", `The transaction ${hash} reverted.`, {
    remedy: "The policy may have been deployed with other verifiers in mind: see decision 0240.",
  });
}
