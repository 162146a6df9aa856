import type { Hex } from "viem";

import { type DigitReport, runDigit } from "./digit/run-digit.ts";
import { type EncryptedReport, runEncrypted } from "./encrypted/run-encrypted.ts";
import { DemoError } from "./errors.ts";
import type { DemoNetwork } from "./network/start-network.ts";
import { type DemoOptions, HELP, parseOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { type DemoReport, runDemo } from "./run-demo.ts";

const INTERRUPTED = 130;
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stopped.abort());
// Whoever started the demo is gone, however that happened. Listening alone must not keep it running.
process.once("disconnect", () => stopped.abort());
process.channel?.unref();
const RENDERING = "the round is full: every replica renders every tile in its own sandbox";
const PROVING = "the seat is taken: its holder proves what the network sees";
const BLIND = "the round is full: every replica computes on ciphertexts, in its own sandbox";
const say = (line: string) => process.stderr.write(`${line}\n`);

const argv = process.argv.slice(2);

try {
  const options = parseOptions(argv);
  if (options === "help") {
    process.stdout.write(HELP);
  } else {
    const report = await runOf(options);
    say(`\n${"digit" in report ? `It is a ${report.digit}.` : report.output}`);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  }
} catch (error) {
  process.exitCode = fail(error);
}

function runOf(options: DemoOptions): Promise<DigitReport | EncryptedReport | DemoReport> {
  const { signal } = stopped;
  if (options.encrypted) return runEncrypted(options, createProgress(say, BLIND), signal, keep);
  if (options.policy === "zk") return runDigit(options, createProgress(say, PROVING), signal, keep);
  return runDemo(options, createProgress(say, RENDERING), signal, keep);
}

/** Tells what went wrong. @returns the exit code */
function fail(thrown: unknown): number {
  // Whatever an interruption made fail, the interruption is the reason.
  const error = stopped.signal.aborted
    ? new DemoError("aborted", "The demo was interrupted.", "Start it again.", thrown)
    : thrown;
  const { code, message, remedy } = error as { code?: string; message?: string; remedy?: string };
  say(`\n${code === undefined ? "" : `${code}: `}${message ?? String(error)}`);
  if (remedy !== undefined) say(remedy);
  if (code === undefined && error instanceof Error && error.stack) say(error.stack);
  if (argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ status: "error", code, message, remedy })}\n`);
  }
  if (stopped.signal.aborted) return INTERRUPTED;
  return error instanceof DemoError && error.code === "usage" ? 2 : 1;
}

/** Leaves everything running until interrupted. */
async function keep(network: DemoNetwork, report: { readonly taskId: Hex }): Promise<void> {
  const { market } = network.deployment;
  say(`
The network stays up until you press Ctrl-C.
  RPC           ${network.rpcUrl}
  market        ${market}
  deployment    ${network.deploymentFile}
  requester     ${network.requester.address}
${network.executors.map((each) => `  provider ${each.provider}    ${each.status}  pid ${each.pid}`).join("\n")}

In another terminal:
  export DECO_DEPLOYMENT=${network.deploymentFile} DECO_ACCOUNT=${network.requesterKeyFile}
  npm run -s deco -- task show ${report.taskId}
  npm run -s deco -- verify ${report.taskId}`);
  if (stopped.signal.aborted) return;
  // The listener for the abort does not keep the process alive by itself.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((done) => stopped.signal.addEventListener("abort", done, { once: true }));
  clearInterval(alive);
}
