import { readFile } from "node:fs/promises";

import type { KeyBinding } from "@deco-network/attest";
import type { Command } from "commander";
import { type Address, sha256 } from "viem";
import { getBlock } from "viem/actions";

import { addressOption } from "../commands/option-values.ts";
import { CliError } from "../errors.ts";
import { readRoots } from "./attested-key.ts";
import type { OpenMarket } from "./open-market.ts";

/** Options of commands that look at a provider's evidence. */
export interface EvidenceOptions {
  readonly policy: Address;
  readonly root?: readonly string[];
}

/** What shows an attester that a TPM answered its challenge. */
export interface AnswerOptions {
  readonly secret?: string;
  readonly answer?: string;
}

export function withEvidence(command: Command): Command {
  return command
    .argument("<evidence>", "file that the provider gave")
    .requiredOption("--policy <address>", "the attested policy", addressOption)
    .option("--root <file...>", "certificates of makers of TPMs that are believed (PEM)");
}

/**
 * Verifies evidence as of the latest block, for the registry of a policy.
 * @throws AttestError
 */
export async function verifiedEvidence(
  { client, deployment }: OpenMarket,
  { policy, root = [] }: EvidenceOptions,
  file: string,
) {
  const { decodeEvidence, registryOf, verifyEvidence } = await import("@deco-network/attest");
  const document = await readFile(file);
  const evidence = decodeEvidence(document);
  const registry = await registryOf(client, policy);
  const { timestamp } = await getBlock(client);
  const { provider } = evidence;
  const binding: KeyBinding = { chainId: deployment.chainId, registry, provider };
  const trust = { roots: await readRoots(root), at: Number(timestamp) };
  return {
    ...{ evidence, registry, digest: sha256(document) },
    shown: verifyEvidence(evidence, binding, trust),
  };
}

/** @throws CliError `usage`; AttestError `activation-failed` */
export async function checkTpmAnswer({ secret, answer: file }: AnswerOptions): Promise<void> {
  if (secret === undefined || file === undefined) {
    throw new CliError("usage", "A TPM's key needs the answer to a challenge.", {
      remedy: "Make one with deco attest challenge, and give --secret and --answer.",
    });
  }
  const { checkAnswer } = await import("@deco-network/attest");
  checkAnswer(await readFile(secret), await readFile(file));
}
