import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { DemoError } from "../errors.ts";

/** A process of the demo that has said that it is ready. */
export interface Child<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** Asks it to end, and waits until it has. Idempotent. */
  stop(): Promise<void>;
}

export interface ChildSpec {
  /** For messages. */
  readonly name: string;
  /** TypeScript file to run. */
  readonly script: URL;
  readonly args: readonly string[];
  /** Receives everything that it writes to standard error. */
  readonly logFile: string;
  readonly readyMillis: number;
  readonly signal: AbortSignal;
}

const KILL_AFTER_MILLIS = 15_000;
/** Children compile the same modules; what one of them has left here saves the next a third of its start. */
const COMPILE_CACHE = new URL("../../../../node_modules/.cache/node-compile/", import.meta.url);
/** Characters of its log that an error repeats. */
const LAST_WORDS = 1_000;

/**
 * Fills the compile cache while the chain starts, on the core that it leaves idle. A process writes its part when it
 * ends, so executors that start together would each compile everything in a fresh clone. Nothing waits for this.
 */
export function warmUp(): void {
  const marker = new URL("executors-compiled", COMPILE_CACHE);
  if (existsSync(marker)) return;
  const script = new URL("warm-up.ts", import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(script), fileURLToPath(marker)], {
    stdio: "ignore",
    env: childEnvironment(),
  });
  killWithThisProcess(child);
  // Without it everything works as well.
  child.once("error", () => undefined);
}

function childEnvironment(): NodeJS.ProcessEnv {
  return { NODE_COMPILE_CACHE: fileURLToPath(COMPILE_CACHE), ...process.env };
}

/**
 * Starts a process and waits for its ready line: JSON with `"ready": true` on standard output.
 * @throws DemoError `process-failed`, `aborted`
 */
export async function startChild<Ready>(spec: ChildSpec): Promise<Child<Ready>> {
  const child = spawn(process.execPath, [spec.script.pathname, ...spec.args], {
    // A child whose standard input ends knows that its parent is gone.
    stdio: ["pipe", "pipe", "pipe"],
    env: childEnvironment(),
  });
  child.stderr.pipe(createWriteStream(spec.logFile));
  let lastWords = "";
  child.stderr.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS);
  });
  const exited = new Promise<void>((done) => child.once("close", () => done()));
  const stop = stopper(child, exited);
  try {
    const ready = await readyLine<Ready>(child, spec, () => lastWords);
    return { ready, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const running = new Set<ChildProcess>();

/** Nothing outlives this process. One listener serves them all: a large cast has more than an emitter allows. */
function killWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) process.on("exit", killRunning);
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) process.removeListener("exit", killRunning);
  });
}

function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

function stopper(child: ChildProcess, exited: Promise<void>): () => Promise<void> {
  killWithThisProcess(child);
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MILLIS);
    await exited;
    clearTimeout(hard);
  };
}

function readyLine<Ready>(
  child: ChildProcess,
  { name, readyMillis, signal }: ChildSpec,
  lastWords: () => string,
): Promise<Ready> {
  const timeout = AbortSignal.timeout(readyMillis);
  const until = AbortSignal.any([timeout, signal]);
  return new Promise<Ready>((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        signal.aborted
          ? new DemoError("aborted", "The demo was interrupted.", "Start it again.")
          : new DemoError(
              "process-failed",
              `The ${name} ${what}.`,
              `Its last words: ${lastWords()}`,
            ),
      );
    until.addEventListener("abort", () => fail("was not ready in time"), { once: true });
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("exit", (code) => fail(`ended with code ${code} before it was ready`));
    if (!child.stdout) return fail("has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = parsed(line);
      if (message?.ready === true) resolve(message as Ready);
    });
  });
}

function parsed(line: string): { readonly ready?: unknown } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
