import { readFile, writeFile } from "node:fs/promises";

import type { Command } from "commander";
import type { Address } from "viem";
import { openMarket } from "../../context/open-market.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, wholeNumber } from "../option-values.ts";

interface QuoteOptions {
  readonly policy: Address;
  readonly provider: number;
  readonly certificate: readonly string[];
  readonly out: string;
  readonly tcti?: string;
}

export function addAttestQuote(group: Command, cli: Cli): void {
  const command = group
    .command("quote")
    .summary("make a signing key in this machine's TPM, with its evidence")
    .description(
      "Makes a key on P-256 in the TPM that signs only while the machine's registers 0 to 7 have their present values, has the TPM quote them " +
        "and certify the key, and writes the evidence for an attester. Needs tpm2-tools.",
    )
    .argument("<folder>", "where what loads the key is kept (attested.key.tpmFolder)")
    .requiredOption("--policy <address>", "the attested policy", addressOption)
    .requiredOption("--provider <id>", "the provider that will sign", wholeNumber)
    .requiredOption(
      "--certificate <file...>",
      "the TPM's endorsement certificate, then intermediates (DER)",
    )
    .option("--out <file>", "where the evidence goes", "evidence.json")
    .option("--tcti <name>", "which TPM, as tpm2-tools name it (default: device:/dev/tpmrm0)");
  const examples = [
    "deco attest quote tpm --policy 0x1234… --provider 7 --certificate ek.crt intermediate.crt",
  ];
  cli.action<QuoteOptions>(command, { examples }, async (context, options, folder = "") => {
    const { encodeEvidence, makeTpmKey, registryOf } = await import("@deco-network/attest");
    const { client, deployment } = await openMarket(context);
    const registry = await registryOf(client, options.policy);
    const { provider, tcti, out } = options;
    const certificates = await Promise.all(options.certificate.map((file) => readFile(file)));
    const binding = { chainId: deployment.chainId, registry, provider };
    const evidence = await makeTpmKey(folder, binding, certificates, {
      ...(tcti !== undefined && { tcti }),
    });
    await writeFile(out, encodeEvidence(evidence));
    return {
      json: { status: "quoted", evidence: out, key: evidence.key, folder },
      text: [`The key is in ${folder}, its evidence in ${out}: give that to an attester.`],
    };
  });
}

interface AnswerOptions {
  readonly out: string;
}

export function addAttestAnswer(group: Command, cli: Cli): void {
  const command = group
    .command("answer")
    .summary("answer an attester's challenge with this machine's TPM")
    .description("Shows the attester that the key's attestation key is in this TPM.")
    .argument("<folder>", "folder of the key")
    .argument("<challenge>", "file that the attester gave")
    .option("--out <file>", "where the answer goes", "answer.bin");
  const examples = ["deco attest answer tpm challenge.bin"];
  cli.action<AnswerOptions>(
    command,
    { examples },
    async (_, { out }, folder = "", challenge = "") => {
      const { answerChallenge } = await import("@deco-network/attest");
      await writeFile(out, await answerChallenge(folder, await readFile(challenge)), {
        mode: 0o600,
      });
      return {
        json: { status: "answered", answer: out },
        text: [`The answer is in ${out}: give it to the attester.`],
      };
    },
  );
}
