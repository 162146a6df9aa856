import type { EnrolmentView, VerifiedAgain, VerifiedEvidence } from "@deco-network/attest";
import { gatewaysOf, readEndpoints } from "@deco-network/requester";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import { type Address, formatEther, type Hash } from "viem";

import { readRoots } from "../../context/attested-key.ts";
import { openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, taskIdOperand, wholeNumber } from "../option-values.ts";

interface ShowOptions {
  readonly policy: Address;
  readonly root?: readonly string[];
  readonly gateway?: readonly string[];
  readonly timeout: number;
}

/** What no verification here can show, by kind of hardware. */
const TRUSTED = {
  tpm: [
    "the TPM's maker, and that nobody took a key out of it or feeds it measurements from outside (a bus can be tapped)",
    "the attesters, that the attestation key answered their challenge: nobody else can check that again",
    "whoever says which programs the measured registers stand for",
  ],
  sgx: [
    "Intel, its processors and its keys",
    "the attesters, that the collateral was the current one",
    "whoever says which enclave the measurement stands for",
  ],
  tdx: [
    "Intel, its processors and its keys",
    "the attesters, that the collateral was the current one",
    "whoever says which system the measurement stands for",
  ],
} as const;

export function addAttestShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("what a key stands for, its evidence verified again")
    .description(
      "Tells what was enrolled, by whom and with what behind it, fetches the evidence by its digest and verifies it again as of the key's activation, " +
        "and says what has to be trusted all the same.",
    )
    .argument("<key>", "id of the enrolment")
    .requiredOption("--policy <address>", "the attested policy", addressOption)
    .option("--root <file...>", "certificates of makers of TPMs that are believed (PEM)")
    .option("--gateway <url...>", "trustless gateways to ask beside the providers'")
    .option("--timeout <seconds>", "longest wait for the evidence", wholeNumber, 15);
  const details = {
    examples: ["deco attest show 0xabcd… --policy 0x1234… --root maker.pem"],
    exitCodes: { [EXIT.negative]: "the key is not live, or its evidence does not verify" },
  };
  cli.action<ShowOptions>(command, details, async (context, options, operand = "") => {
    const { getEnrolment, registryOf, verifyAgain } = await import("@deco-network/attest");
    const key = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context);
    const registry = await registryOf(market.client, options.policy);
    const known = await getEnrolment(market.client, registry, key);
    if (known === undefined) {
      throw new CliError("usage", `The registry ${registry} knows no key ${key}.`, {
        remedy: "Give the id that deco attest enroll told, and the policy of its registry.",
      });
    }
    const gateways = [
      ...(options.gateway ?? []),
      ...gatewaysOf(await readEndpoints(market, { signal })),
    ];
    const roots = await readRoots(options.root ?? []);
    const storage = await openStorage({
      ...{ peerToPeer: false, gateways, timeoutMillis: options.timeout * 1_000 },
    });
    try {
      const { chainId } = market.deployment;
      const trust = { roots, at: known.activatesAt };
      const getDocument = (digest: Hash) => storage.getDocument(digest, { signal });
      const again = await verifyAgain(getDocument, known, { chainId, registry }, trust).catch(
        (error: Error): VerifiedAgain => {
          signal.throwIfAborted();
          return { refused: `it cannot be had: ${error.message}` };
        },
      );
      const good = known.live && "shown" in again;
      const attesters = known.attesters.map(({ attester, cover }) => ({
        ...{ attester, cover: String(cover) },
      }));
      return {
        json: {
          ...{ ...known, attesters, keyStatus: known.status, status: good ? "live" : "not-good" },
          ...{ verified: "shown" in again, trusted: TRUSTED[known.kind] },
          ...("refused" in again ? { refused: again.refused } : { shows: again.shown }),
        },
        text: textOf(known, again),
        exitCode: good ? EXIT.ok : EXIT.negative,
      };
    } finally {
      await storage.close();
    }
  });
}

function textOf(known: EnrolmentView, again: VerifiedAgain): string[] {
  const time = (seconds: number) => new Date(seconds * 1_000).toISOString();
  return [
    `key          ${known.key}`,
    `status       ${known.status}, ${known.live ? "live" : "not live"}`,
    `provider     ${known.provider}`,
    `kind         ${known.kind}`,
    `measurement  ${known.measurement}`,
    `active from  ${time(known.activatesAt)} until ${time(known.expiresAt)}`,
    ...known.attesters.map(
      ({ attester, cover }) =>
        `attester     ${attester}, with ${formatEther(cover)} DECO behind it`,
    ),
    "refused" in again
      ? `evidence     does not verify: ${again.refused}`
      : `evidence     verified again: ${aboutOf(again.shown)}`,
    "",
    "Taken on trust:",
    ...TRUSTED[known.kind].map((item) => `  - ${item}`),
  ];
}

function aboutOf(shown: VerifiedEvidence): string {
  if (shown.kind === "tpm") {
    const { issuer, serial } = shown.endorsement;
    return `TPM ${serial}, endorsed by ${issuer}; registers ${shown.pcrs.map(({ index }) => index).join(", ")}`;
  }
  return `firmware ${shown.tcbStatus}${shown.advisories.length ? ` (${shown.advisories.join(", ")})` : ""}`;
}
