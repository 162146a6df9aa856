import { writeFile } from "node:fs/promises";

import type { SendingClient, VerifiedEvidence } from "@deco-network/attest";
import type { Command } from "commander";
import { formatEther, parseEther } from "viem";
import { getBlock } from "viem/actions";

import {
  type AnswerOptions,
  checkTpmAnswer,
  type EvidenceOptions,
  verifiedEvidence,
  withEvidence,
} from "../../context/attest-evidence.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
import type { Cli } from "../cli-action.ts";
import { wholeNumber } from "../option-values.ts";

const DAY_SECONDS = 86_400;

interface ChallengeOptions extends EvidenceOptions {
  readonly out: string;
  readonly secret: string;
}

interface EnrollOptions extends EvidenceOptions, AnswerOptions {
  readonly cover: string;
  readonly days: number;
  readonly dryRun?: boolean;
}

export function addAttestChallenge(group: Command, cli: Cli): void {
  const command = withEvidence(
    group.command("challenge").summary("challenge a TPM: is the attestation key in it?"),
  )
    .description(
      "Verifies a TPM's evidence and makes a secret that only the TPM of its endorsement certificate can read, if the attestation key is in it. " +
        "Keep the secret, give the challenge to the provider.",
    )
    .option("--out <file>", "where the challenge goes", "challenge.bin")
    .option("--secret <file>", "where the secret goes", "secret.bin");
  const examples = ["deco attest challenge evidence.json --policy 0x1234… --root maker.pem"];
  cli.action<ChallengeOptions>(command, { examples }, async (context, options, file = "") => {
    const { makeChallenge } = await import("@deco-network/attest");
    const market = await openMarket(context);
    const { evidence, shown } = await verifiedEvidence(market, options, file);
    if (evidence.kind !== "tpm" || shown.kind !== "tpm") {
      throw new CliError("usage", `Evidence of ${shown.kind} needs no challenge.`, {
        remedy: "Enrol it: deco attest enroll.",
      });
    }
    const [leaf = ""] = evidence.tpm.endorsement;
    const made = makeChallenge(shown.attestationKey, Buffer.from(leaf, "base64"));
    await writeFile(options.secret, made.secret, { mode: 0o600 });
    await writeFile(options.out, made.challenge);
    return {
      json: { status: "challenged", challenge: options.out, secret: options.secret },
      text: [`Give ${options.out} to the provider; keep ${options.secret} for deco attest enroll.`],
    };
  });
}

export function addAttestEnroll(group: Command, cli: Cli): void {
  const command = withEvidence(
    group.command("enroll").summary("verify a key's evidence and enrol it, with a bond behind it"),
  )
    .description(
      "Verifies the evidence, and enrols the key on the chain for this account, whose DECO stands behind it: if the evidence is found false, it is " +
        "burned. The key is live after the registry's delay, in which anybody may challenge it. A TPM's key also needs the answer to a challenge.",
    )
    .requiredOption("--cover <amount>", "DECO behind the key")
    .option("--days <count>", "days until it expires", wholeNumber, 30)
    .option("--secret <file>", "secret of the challenge (TPM)")
    .option("--answer <file>", "the provider's answer to it (TPM)")
    .option("--dry-run", "verify, and say what would be sent");
  const examples = [
    "deco attest enroll evidence.json --policy 0x1234… --root maker.pem --secret secret.bin --answer answer.bin --cover 500 --dry-run",
  ];
  cli.action<EnrollOptions>(command, { examples }, async (context, options, file = "") => {
    const { enrollKey } = await import("@deco-network/attest");
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { evidence, shown, registry, digest } = await verifiedEvidence(market, options, file);
    if (shown.kind === "tpm") await checkTpmAnswer(options);
    const { timestamp } = await getBlock(market.client);
    const expiresAt = Number(timestamp) + options.days * DAY_SECONDS;
    const enrolled = await enrollKey(
      { ...market.client, account } as SendingClient,
      { registry, token: market.deployment.token },
      {
        point: evidence.key as { x: `0x${string}`; y: `0x${string}` },
        ...{ measurement: shown.measurement, evidence: digest, provider: evidence.provider },
        ...{ kind: evidence.kind, expiresAt, cover: parseEther(options.cover) },
      },
      { dryRun: options.dryRun === true, signal: context.signal },
    );
    return answer(enrolled, shown, expiresAt, options);
  });
}

function answer(
  { key, bonded, transaction }: { key: string; bonded: bigint; transaction?: string },
  shown: VerifiedEvidence,
  expiresAt: number,
  { cover }: EnrollOptions,
) {
  const { kind, measurement } = shown;
  const status = transaction === undefined ? "dry-run" : "enrolled";
  const said = transaction === undefined ? "would be enrolled" : "is enrolled";
  return {
    json: {
      ...{ status, key, kind, measurement, expiresAt, bonded: String(bonded) },
      ...(transaction !== undefined && { transaction }),
    },
    text: [
      `The evidence verifies. The key ${said} as ${key}.`,
      `kind ${kind}, measurement ${measurement}`,
      `cover ${cover} DECO, of which ${formatEther(bonded)} come from this account's balance`,
      `expires ${new Date(expiresAt * 1_000).toISOString()}`,
    ],
  };
}
