import type { SendingClient } from "@deco-network/attest";
import type { Command } from "commander";
import { formatEther, type Hash, parseEther } from "viem";

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
import { digestOption, positiveDecimalText } from "../option-values.ts";

interface VouchOptions extends EvidenceOptions, AnswerOptions {
  readonly key: Hash;
  readonly cover: string;
  readonly dryRun?: boolean;
}

export function addAttestVouch(group: Command, cli: Cli): void {
  const command = withEvidence(
    group
      .command("vouch")
      .summary("verify the evidence of another's enrolment and stand behind it too"),
  )
    .description(
      "Verifies the evidence, makes sure that the enrolment is of it, and puts this account's DECO behind the key: if the evidence is found false, it is " +
        "burned. Only before the key is live. A TPM's key also needs the answer to a challenge of one's own.",
    )
    .requiredOption("--key <id>", "id of the enrolment", digestOption)
    .requiredOption("--cover <amount>", "DECO behind the key", positiveDecimalText)
    .option("--secret <file>", "secret of the challenge (TPM)")
    .option("--answer <file>", "the provider's answer to it (TPM)")
    .option("--dry-run", "verify, and say what would be sent");
  const examples = [
    "deco attest vouch evidence.json --key 0xabcd… --policy 0x1234… --root maker.pem --secret secret.bin --answer answer.bin --cover 500",
  ];
  cli.action<VouchOptions>(command, { examples }, async (context, options, file = "") => {
    const { getEnrolment, vouchForKey } = await import("@deco-network/attest");
    const account = await openAccount(context);
    const { signal } = context;
    const market = await openMarket(context, account);
    const { evidence, shown, registry, digest } = await verifiedEvidence(market, options, file);
    if (shown.kind === "tpm") await checkTpmAnswer(options);
    const { key, cover } = options;
    const known = await getEnrolment(market.client, registry, key);
    const same =
      known !== undefined &&
      known.evidence === digest &&
      known.measurement === shown.measurement &&
      known.provider === evidence.provider &&
      known.kind === evidence.kind &&
      known.point.x === evidence.key.x &&
      known.point.y === evidence.key.y;
    if (!same) {
      throw new CliError(
        "evidence-of-another-key",
        `The evidence is not what ${key} was enrolled from.`,
        {
          remedy: "See deco attest show for the enrolment, and take the evidence that it names.",
        },
      );
    }
    const at = { registry, token: market.deployment.token };
    const asked = { key, cover: parseEther(cover) };
    const { bonded, transaction } = await vouchForKey(
      ...([{ ...market.client, account } as SendingClient, at, asked] as const),
      { dryRun: options.dryRun === true, signal },
    );
    const status = transaction === undefined ? "dry-run" : "vouched";
    const said = transaction === undefined ? "would be" : "are";
    return {
      json: { status, key, bonded: String(bonded), ...(transaction && { transaction }) },
      text: [
        `The evidence verifies, and ${key} was enrolled from it.`,
        `${cover} DECO ${said} behind it, of which ${formatEther(bonded)} come from this account's balance.`,
      ],
    };
  });
}
