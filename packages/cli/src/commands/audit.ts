import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import type { AuditorEvent, AuditorOptions } from "@deco-network/auditor";
import { chainFactsOf, parseAmount } from "@deco-network/sdk";
import type { TokenInfo } from "@deco-network/sdk/actions";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Address, type Hex, zeroAddress } from "viem";

import { paymentTokens } from "../context/choose-token.ts";
import { type CommandContext, homeOf } from "../context/command-context.ts";
import { accountAddress, openAccount } from "../context/open-account.ts";
import { type OpenMarket, openMarket } from "../context/open-market.ts";
import { describeError } from "../describe-error.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { auditText } from "../output/audit-text.ts";
import { formatAmount } from "../output/format.ts";
import type { Cli } from "./cli-action.ts";
import { byteCount, itemIndex, taskIdOperand, wholeNumber } from "./option-values.ts";

interface AuditOptions {
  readonly watch?: boolean;
  readonly task?: string;
  readonly item?: number;
  readonly share: number;
  readonly items: number;
  readonly budget?: string;
  readonly token?: string;
  readonly dryRun?: boolean;
  readonly folder?: string;
  readonly peer?: readonly string[];
  readonly docker?: string;
  readonly memory?: number;
}

const UNKNOWN_CHAIN_CONFIRMATIONS = 12;

export function addAudit(program: Command, cli: Cli): void {
  const command = program
    .command("audit")
    .summary("run accepted tasks again, and appeal wrong results within a budget")
    .description(
      "Runs tasks again whose results were accepted and may still be challenged, in the same sandboxes as an " +
        "executor, and compares. With --watch it draws a share of all of them, by a chance that nobody can foresee, " +
        "until Ctrl-C; with --task it looks at one. What is wrong is appealed as long as all bonds that are out, and " +
        "those that were lost, stay within --budget; without it nothing is sent. Restarted, it goes on where it was.",
    )
    .option("--watch", "follow the market until Ctrl-C")
    .option("--task <id>", "look at this task once")
    .option("--item <index>", "with --task: the item of a bag to run again", itemIndex)
    .option("--share <number>", "share of accepted tasks that are looked at, 0 to 1", share, 0.1)
    .option("--items <number>", "items of each bag that are run again", wholeNumber, 3)
    .option("--budget <amount>", "most that may be at risk in bonds (default: nothing is appealed)")
    .option("--token <symbol>", "payment token of the budget, by symbol or address", "DECO")
    .option("--dry-run", "say what would be appealed and what it would cost; send nothing")
    .option("--folder <folder>", "journal and content (default: auditor in the home folder)")
    .option("--peer <multiaddr...>", "nodes to ask for inputs beside the providers")
    .option("--memory <bytes>", "memory for programs", byteCount)
    .addOption(
      new Option("--docker [host]", "also run containers").preset("unix:///var/run/docker.sock"),
    );
  const details = {
    examples: [
      "deco audit --watch --share 0.2 --budget 500",
      "deco audit --watch --dry-run --json",
      "deco audit --task 0x1234… --budget 100",
    ],
    exitCodes: {
      [EXIT.ok]: "the result is right, or Ctrl-C",
      [EXIT.negative]: "the result is wrong, appealed or not, or no answer was found",
    },
  };
  cli.action<AuditOptions>(command, details, async (context, options) => {
    if ((options.watch === true) === (options.task !== undefined)) throw watchOrTask();
    const sends = options.budget !== undefined && options.dryRun !== true;
    const account = sends ? await openAccount(context) : undefined;
    const market = await openMarket(context, account);
    const [token] = await paymentTokens(context, market, options.token);
    if (token === undefined) throw new TypeError("there is no such token");
    const owner = account?.address ?? (await accountAddress(context)) ?? zeroAddress;
    const scratch = await mkdtemp(join(tmpdir(), "deco-audit-"));
    try {
      const settings = settingsOf(context, options, { market, token, owner, sends, scratch });
      const { Auditor } = await import("@deco-network/auditor");
      const auditor = await Auditor.open(settings, context.signal);
      try {
        if (options.task === undefined) return await watch(context, auditor, settings, token);
        const items = options.item === undefined ? undefined : [options.item];
        return await checkOnce(context, auditor, taskIdOperand(options.task), items);
      } finally {
        await auditor.close();
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

type Auditor = Awaited<ReturnType<typeof import("@deco-network/auditor").Auditor.open>>;

interface Place {
  readonly market: OpenMarket;
  readonly token: TokenInfo;
  readonly owner: Address;
  readonly sends: boolean;
  readonly scratch: string;
}

function settingsOf(
  context: CommandContext,
  options: AuditOptions,
  { market, token, owner, sends, scratch }: Place,
): AuditorOptions {
  const { output } = context;
  const { chainId } = market.deployment;
  const folder = resolve(options.folder ?? join(homeOf(context), "auditor"));
  const amount = options.budget === undefined ? 0n : parseAmount(options.budget, token);
  return {
    ...{ market, account: owner, scratch, share: options.share, items: options.items },
    // Only what sends must remember, and only one of those may be at work.
    ...(sends && { folder }),
    ...{ budget: { token: token.address, amount }, dryRun: !sends },
    confirmations: chainFactsOf(chainId)?.confirmations ?? UNKNOWN_CHAIN_CONFIRMATIONS,
    pollMillis: market.client.pollingInterval,
    ...(options.peer && { peers: options.peer }),
    ...(options.docker !== undefined && { engines: { oci: { host: options.docker } } }),
    ...(options.memory !== undefined && { capacity: { memoryBytes: options.memory } }),
    onEvent: (event) => {
      const line = auditText(event, token);
      if (options.watch !== true) output.say(line);
      else output.answer({ json: jsonOf(event), text: [line] });
    },
  };
}

async function watch(
  { output, signal }: CommandContext,
  auditor: Auditor,
  { budget, dryRun, share: of }: AuditorOptions,
  token: TokenInfo,
): Promise<undefined> {
  const endpoints = auditor.addresses();
  const limit = dryRun
    ? "nothing is sent"
    : `at most ${formatAmount(budget.amount, token)} at risk`;
  output.answer({
    json: { status: "watching", share: of, budget: budget.amount, dryRun, endpoints },
    text: [`watching ${of} of all accepted tasks, ${limit}`],
  });
  await auditor.watch(signal);
  return undefined;
}

async function checkOnce(
  { signal }: CommandContext,
  auditor: Auditor,
  taskId: Hex,
  items: readonly number[] | undefined,
) {
  const finding = await auditor.checkOnce(taskId, items, signal);
  const appealed = auditor.hasAppealed(taskId);
  const status = appealed ? "appealed" : finding.kind;
  const details = finding.kind === "wrong" ? finding.wrong : finding;
  return {
    json: { ...details, status, taskId, appealed },
    text: [appealed ? "The result is wrong and was appealed." : `The result is ${finding.kind}.`],
    exitCode: finding.kind === "right" ? EXIT.ok : EXIT.negative,
  };
}

function jsonOf({ event, ...rest }: AuditorEvent) {
  if (!("error" in rest)) return { status: event, ...rest };
  const { code, message } = describeError(rest.error);
  return { status: event, doing: rest.doing, code, message };
}

/** A share of all, between 0 and 1. */
function share(text: string): number {
  if (/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number from 0 to 1, such as 0.1.");
}

function watchOrTask(): CliError {
  return new CliError("usage", "Either --watch or --task is needed.", {
    remedy: "Follow the market with --watch, or name one task with --task.",
  });
}
