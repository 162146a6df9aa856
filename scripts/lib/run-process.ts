import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

import { projectRoot } from "./project.ts";
import { tieToThisProcess } from "./tie-children.ts";

/** What a finished process left. A process ended by signal n has the code 128 + n, as in a shell. */
export type Finished = { code: number; stdout: string; stderr: string };

export type RunOptions = {
  cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /**
   * "capture" keeps the output for the caller; "show" also copies both streams to this process's
   * stderr; "inherit" hands over this process's own streams and keeps nothing.
   */
  output?: "capture" | "show" | "inherit";
  /** Lets processes of ordinary priority go first, for work that nobody waits for by the clock. */
  background?: boolean;
  /** Ends the process with SIGTERM when aborted. */
  signal?: AbortSignal;
};

/**
 * Runs a program to its end. A failing exit code is a result, not an error; only a program that
 * cannot be started rejects, with the error of the operating system.
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? projectRoot,
      env: { ...process.env, ...options.env },
      stdio: options.output === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    if (options.background === true && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    // Killed, this process can stop nothing; a test run that goes on unseen would hold the machine.
    tieToThisProcess(child);
    const stop = () => child.kill("SIGTERM");
    if (options.signal?.aborted === true) stop();
    options.signal?.addEventListener("abort", stop, { once: true });

    const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.on("data", (chunk: Buffer) => {
        chunks[name].push(chunk);
        if (options.output === "show") process.stderr.write(chunk);
      });
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      options.signal?.removeEventListener("abort", stop);
      resolve({
        code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        stdout: Buffer.concat(chunks.stdout).toString("utf8"),
        stderr: Buffer.concat(chunks.stderr).toString("utf8"),
      });
    });
  });
}
