import type { AttestationKind } from "@deco-network/attest";
import { Argument, type Command } from "commander";
import type { Address, Hash } from "viem";

import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, digestOption, wholeNumber } from "../option-values.ts";

interface AcceptOptions {
  readonly policy: Address;
  readonly measurement: readonly Hash[];
  readonly attester: readonly Address[];
  readonly least: number;
}

export function addAttestAccept(group: Command, cli: Cli): void {
  const command = group
    .command("accept")
    .summary("say which environments and attesters requests accept")
    .description("Publishes a statement; its digest is what a request names as policy data.")
    .addArgument(new Argument("<kind>", "kind of hardware").choices(["tpm", "sgx", "tdx"]))
    .requiredOption("--policy <address>", "the attested policy", addressOption)
    .requiredOption("--measurement <digest...>", "accepted measurements", collect(digestOption))
    .requiredOption("--attester <address...>", "accepted attesters", collect(addressOption))
    .option("--least <count>", "how many of them must stand behind a key", wholeNumber, 1);
  const examples = [
    "deco attest accept tpm --policy 0x1234… --measurement 0xabcd… --attester 0x5678…",
  ];
  cli.action<AcceptOptions>(command, { examples }, async (context, options, kind = "") => {
    const { publishAcceptance } = await import("@deco-network/attest");
    const account = await openAccount(context);
    const { client } = await openMarket(context, account);
    const statement = {
      kinds: [kind as AttestationKind],
      measurements: options.measurement,
      attesters: options.attester,
      minAttesters: options.least,
    };
    const sending = { ...client, account } as Parameters<typeof publishAcceptance>[0];
    const acceptance = await publishAcceptance(sending, options.policy, statement, context.signal);
    return {
      json: { status: "published", policyData: acceptance },
      text: [`Requests name it as policy data: ${acceptance}`],
    };
  });
}

function collect<T>(parse: (text: string) => T) {
  return (text: string, before: readonly T[] = []): readonly T[] => [...before, parse(text)];
}
