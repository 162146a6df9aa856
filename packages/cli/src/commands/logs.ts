import { setTimeout as sleep } from "node:timers/promises";

import { type ProgressReport, ProgressWatch } from "@deco-network/requester";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import type { Hex } from "viem";

import { isAborted } from "../context/complete-task.ts";
import { openAccount } from "../context/open-account.ts";
import { type OpenMarket, openMarket } from "../context/open-market.ts";
import { seatedOf } from "../context/seated-of.ts";
import { readHistory } from "../context/task-history.ts";
import { EXIT } from "../exit-codes.ts";
import { LogLines, logNote, progressText } from "../output/log-text.ts";
import type { CommandResult, Output } from "../output/output.ts";
import type { Cli } from "./cli-action.ts";
import { taskIdOperand, wholeNumber } from "./option-values.ts";

interface LogsOptions {
  readonly follow?: boolean;
  readonly provider?: number;
}

/** Pause between two questions: executors are asked by everyone whose tasks they run. */
const PAUSE_MILLIS = 1_000;
/** After a task's end its providers wait for confirmations before they show more. */
const LOOKS_AFTER_END = 60;
/** Pieces of a log that are asked for in one go; more than any executor keeps. */
const MAX_PIECES = 16;
/** States in which a provider has seen the task's end. */
const OVER: readonly string[] = ["settled", "published", "expired", "released"];

export function addLogs(program: Command, cli: Cli): void {
  const command = program
    .command("logs")
    .summary("how far a task's providers are, and what the program wrote to stderr")
    .description(
      "Asks the providers that hold seats of a task of yours. Progress is told at once; what the program wrote is " +
        "shown when the vote is over, so that nobody can copy from it. Answers are encrypted to this command.",
    )
    .argument("<task>", "task id")
    .option("-f, --follow", "go on until the task is over, or Ctrl-C")
    .option("--provider <id>", "only this provider", wholeNumber);
  const examples = [
    "deco logs 0x1234…",
    "deco logs 0x1234… -f --provider 2",
    "deco logs 0x1234… --json",
  ];
  const exitCodes = { [EXIT.negative]: "no provider tells anything" };
  cli.action<LogsOptions>(command, { examples, exitCodes }, async (context, options, task = "") => {
    const taskId = taskIdOperand(task);
    const { signal, output } = context;
    const signer = await openAccount(context);
    const market = await openMarket(context);
    const storage = await openStorage();
    const watch = new ProgressWatch(market, storage, { signer, taskId });
    const asking = { market, taskId, watch, only: options.provider, signal };
    try {
      if (options.follow !== true) return await tellOnce(asking);
      await follow(asking, output);
      return undefined;
    } catch (error) {
      // Ctrl-C is how following ends.
      if (signal.aborted || isAborted(error)) return undefined;
      throw error;
    } finally {
      await watch.close();
      await storage.close();
    }
  });
}

interface Asking {
  readonly market: OpenMarket;
  readonly taskId: Hex;
  readonly watch: ProgressWatch;
  readonly only: number | undefined;
  readonly signal: AbortSignal;
}

/** What each provider told, with all pieces of its log together. */
interface Told {
  readonly report: ProgressReport;
  readonly log: Uint8Array;
  /** Bytes before the log that are not shown. */
  readonly missing: number;
}

async function tellOnce(asking: Asking): Promise<CommandResult> {
  const { providers, status } = await seatsOf(asking);
  const told = await Promise.all(providers.map((provider) => readAll(asking, provider)));
  const answered = told.some(({ report }) => report.status === "told");
  const silent = providers.length > 0 && !answered;
  return {
    json: {
      ...{ status: silent ? "silent" : status, taskId: asking.taskId },
      providers: told.map(jsonOf),
    },
    text: providers.length === 0 ? ["No provider has a seat yet."] : told.flatMap(linesOf),
    exitCode: silent ? EXIT.negative : EXIT.ok,
  };
}

async function readAll({ watch, signal }: Asking, provider: number): Promise<Told> {
  const pieces: Uint8Array[] = [];
  let missing = 0;
  for (let i = 0; ; i += 1) {
    const [report] = await watch.look([provider], signal);
    if (report === undefined) throw new TypeError("a provider without a report");
    const shown = report.status === "told" && "bytes" in report.log ? report.log : undefined;
    if (shown) pieces.push(shown.bytes);
    missing += shown?.missing ?? 0;
    if (!shown?.more || i >= MAX_PIECES) return { report, log: Buffer.concat(pieces), missing };
  }
}

async function follow(asking: Asking, output: Output): Promise<void> {
  const { watch, signal } = asking;
  const lines = new Map<number, LogLines>();
  const said = new Map<number, string>();
  let looksAfterEnd = 0;
  while (true) {
    const { providers, status } = await seatsOf(asking);
    const reports = await watch.look(providers, signal);
    for (const report of reports) {
      const { provider } = report;
      const log = lines.get(provider) ?? new LogLines();
      lines.set(provider, log);
      tell(output, asking.taskId, report, { log, said });
    }
    if (status !== "running") looksAfterEnd += 1;
    const done = looksAfterEnd > 0 && reports.every(isComplete);
    if (done || looksAfterEnd > LOOKS_AFTER_END) break;
    if (!reports.some(hasMore)) await sleep(PAUSE_MILLIS, undefined, { signal });
  }
  for (const [provider, log] of lines) {
    const rest = log.end();
    if (rest !== undefined && !output.json) output.answer(logLine(provider, rest));
  }
}

/** Says what changed since the last look. */
function tell(
  output: Output,
  taskId: Hex,
  report: ProgressReport,
  { log, said }: { readonly log: LogLines; readonly said: Map<number, string> },
): void {
  const { provider } = report;
  const note = logNote(report);
  const line = [progressText(report), ...(note === undefined ? [] : [note])].join("\n");
  const news = said.get(provider) !== line;
  said.set(provider, line);
  const bytes = report.status === "told" && "bytes" in report.log ? report.log.bytes : NOTHING;
  if (output.json) {
    if (!news && bytes.length === 0) return;
    const missing = report.status === "told" && "missing" in report.log ? report.log.missing : 0;
    const { status, ...told } = jsonOf({ report, log: bytes, missing });
    output.answer({ json: { status, taskId, ...told }, text: [] });
    return;
  }
  if (news) output.say(line);
  for (const text of log.add(bytes)) output.answer(logLine(provider, text));
}

const NOTHING = new Uint8Array();

function logLine(provider: number, text: string): CommandResult {
  return { json: { status: "told" }, text: [`${provider} | ${text}`] };
}

function isComplete(report: ProgressReport): boolean {
  if (report.status === "silent") return true;
  return OVER.includes(report.progress.state) && "bytes" in report.log && !report.log.more;
}

function hasMore(report: ProgressReport): boolean {
  return report.status === "told" && "bytes" in report.log && report.log.more;
}

async function seatsOf({ market, taskId, only, signal }: Asking): Promise<{
  readonly providers: readonly number[];
  readonly status: "running" | "settled" | "ended";
}> {
  const { stages } = await readHistory(market, taskId, signal);
  const last = stages.at(-1)?.stage;
  const status = last === "settled" || last === "ended" ? last : "running";
  const seated = seatedOf(stages);
  return { status, providers: only === undefined ? seated : seated.filter((id) => id === only) };
}

function jsonOf({ report, log, missing }: Told) {
  if (report.status === "silent") return report;
  const { provider, status, progress } = report;
  if ("withheld" in report.log) return { status, provider, ...progress, log: report.log };
  const text = Buffer.from(log).toString("utf8");
  return { status, provider, ...progress, log: { shown: report.log.shown, missing, text } };
}

function linesOf({ report, log, missing }: Told): string[] {
  const { provider } = report;
  const lines = new LogLines();
  const text = lines.add(log);
  const rest = lines.end();
  const withheld = logNote(report);
  const note = missing > 0 ? [`provider ${provider}: ${missing} bytes before are not shown`] : [];
  return [
    progressText(report),
    ...(withheld !== undefined && missing === 0 ? [withheld] : note),
    ...[...text, ...(rest === undefined ? [] : [rest])].map((line) => `${provider} | ${line}`),
  ];
}
