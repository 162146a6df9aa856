import { readFile } from "node:fs/promises";
import type { Registry, SendingClient } from "@deco-network/attest";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import { type Address, formatEther, parseEther } from "viem";

import type { CommandContext } from "../../context/command-context.ts";
import { storeFolder } from "../../context/content-sources.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, positiveDecimalText, taskIdOperand } from "../option-values.ts";

interface PolicyOptions {
  readonly policy: Address;
}

interface ContestOptions extends PolicyOptions {
  readonly reason: string;
}

export function addAttestContest(group: Command, cli: Cli): void {
  const command = ofKey(
    group.command("contest").summary("challenge a key on the chain, with a bond"),
  )
    .description(
      "Freezes a key that is not live yet because its evidence does not verify, with the registry's challenge bond. Governance judges: upheld, the bond returns with a bounty from what the " +
        "attesters lose; dismissed, it is burned. The reason is stored in the home folder; its digest goes to the chain.",
    )
    .requiredOption("--reason <file>", "what is wrong with the evidence");
  const examples = ["deco attest contest 0xabcd… --policy 0x1234… --reason why.md"];
  cli.action<ContestOptions>(command, { examples }, async (context, options, operand = "") => {
    const { challengeKey } = await import("@deco-network/attest");
    const key = taskIdOperand(operand);
    const { client, at } = await openRegistry(context, options);
    const { signal } = context;
    const document = await readFile(options.reason);
    const storage = await openStorage({ folder: storeFolder(context), peerToPeer: false });
    try {
      const { digest, cid } = await storage.addDocument(document, { visibility: "public" });
      const made = await challengeKey(client, at, { key, reason: digest }, { signal });
      const { bond, transaction } = made;
      return {
        json: { status: "contested", key, reason: digest, cid, bond: String(bond), transaction },
        text: [
          `The key is frozen until governance judges; ${formatEther(bond)} DECO are bonded.`,
          `reason ${cid}`,
        ],
      };
    } finally {
      await storage.close();
    }
  });
}

export function addAttestLapse(group: Command, cli: Cli): void {
  const command = ofKey(
    group.command("lapse").summary("end a challenge on which governance was silent"),
  ).description(
    "Revokes a challenged key after the registry's judgement window: every bond returns. Anybody may.",
  );
  const examples = ["deco attest lapse 0xabcd… --policy 0x1234…"];
  cli.action<PolicyOptions>(command, { examples }, async (context, options, operand = "") => {
    const { lapseChallenge } = await import("@deco-network/attest");
    const key = taskIdOperand(operand);
    const { client, at } = await openRegistry(context, options);
    const transaction = await lapseChallenge(client, at, key, context);
    return {
      json: { status: "revoked", key, transaction },
      text: ["The challenge lapsed: the key is revoked, the challenger has its bond back."],
    };
  });
}

export function addAttestRevoke(group: Command, cli: Cli): void {
  const command = ofKey(group.command("revoke").summary("end a key at once")).description(
    "For an attester of the key, its provider's owner or operator, or governance. What is behind the key is held for the registry's tail all the same.",
  );
  const examples = ["deco attest revoke 0xabcd… --policy 0x1234…"];
  cli.action<PolicyOptions>(command, { examples }, async (context, options, operand = "") => {
    const { revokeKey } = await import("@deco-network/attest");
    const key = taskIdOperand(operand);
    const { client, at } = await openRegistry(context, options);
    const transaction = await revokeKey(client, at, key, context);
    return {
      json: { status: "revoked", key, transaction },
      text: ["The key is revoked, and never live again."],
    };
  });
}

interface ReleaseOptions extends PolicyOptions {
  readonly attester?: Address;
}

export function addAttestRelease(group: Command, cli: Cli): void {
  const command = ofKey(
    group.command("release").summary("free what an attester put behind a key that is over"),
  )
    .description(
      "Once the key has been over for the registry's tail. Anybody may; it becomes free bond of the attester.",
    )
    .option("--attester <address>", "whose (default: the account's)", addressOption);
  const examples = ["deco attest release 0xabcd… --policy 0x1234…"];
  cli.action<ReleaseOptions>(command, { examples }, async (context, options, operand = "") => {
    const { releaseCover } = await import("@deco-network/attest");
    const key = taskIdOperand(operand);
    const { client, at } = await openRegistry(context, options);
    const { attester = client.account.address } = options;
    const transaction = await releaseCover(client, at, { key, attester }, context);
    return {
      json: { status: "released", key, attester, transaction },
      text: [`What ${attester} put behind the key is free bond again.`],
    };
  });
}

interface WithdrawOptions extends PolicyOptions {
  readonly amount?: string;
}

export function addAttestWithdraw(group: Command, cli: Cli): void {
  const command = group
    .command("withdraw")
    .summary("take an attester's free bond back")
    .description("What is behind keys is not free; deco attest release frees it in time.")
    .requiredOption("--policy <address>", "the attested policy", addressOption)
    .option("--amount <amount>", "DECO (default: all that is free)", positiveDecimalText);
  const examples = ["deco attest withdraw --policy 0x1234…"];
  cli.action<WithdrawOptions>(command, { examples }, async (context, options) => {
    const { withdrawBond } = await import("@deco-network/attest");
    const { client, at } = await openRegistry(context, options);
    const wanted = options.amount === undefined ? undefined : parseEther(options.amount);
    const { amount, transaction } = await withdrawBond(client, at, wanted, context);
    return {
      json: {
        ...{ status: transaction ? "withdrawn" : "nothing", amount: String(amount) },
        ...(transaction && { transaction }),
      },
      text: [
        transaction
          ? `${formatEther(amount)} DECO are withdrawn.`
          : "No bond of the account is free.",
      ],
    };
  });
}

function ofKey(command: Command): Command {
  return command
    .argument("<key>", "id of the enrolment")
    .requiredOption("--policy <address>", "the attested policy", addressOption);
}

async function openRegistry(
  context: CommandContext,
  { policy }: PolicyOptions,
): Promise<{ readonly client: SendingClient; readonly at: Registry }> {
  const { registryOf } = await import("@deco-network/attest");
  const account = await openAccount(context);
  const { client, deployment } = await openMarket(context, account);
  const registry = await registryOf(client, policy);
  return {
    client: { ...client, account } as SendingClient,
    at: { registry, token: deployment.token },
  };
}
