import { CliError } from "../errors.ts";

const TIMEOUT_MILLIS = 5_000;

/** What a running executor answered; undefined when none runs. */
export type ExecutorAnswer<T> = T | undefined;

/**
 * Asks the control API of the executor that has this data folder.
 * @returns undefined when none runs: there is no control file, or it names a port that answers no more
 * @throws CliError `executor-silent`, `executor-stopping`
 */
export async function askExecutor<T>(
  dataFolder: string,
  question: { readonly method: "GET" | "POST"; readonly path: string },
  signal: AbortSignal,
): Promise<ExecutorAnswer<T>> {
  const { controlPath, readControlFile } = await import("@deco-network/executor");
  const file = await readControlFile(dataFolder);
  if (file === undefined) return undefined;
  let response: Response;
  try {
    response = await fetch(new URL(question.path, file.url), {
      method: question.method,
      headers: { authorization: `Bearer ${file.token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    // Killed, and its port is nobody's now.
    if (!isAlive(file.pid)) return undefined;
    throw silent(controlPath(dataFolder), cause);
  }
  // Another process has the port of a killed executor.
  if (response.status === 401 || response.status === 403) return undefined;
  if (response.status === 409) {
    throw new CliError("executor-stopping", "The executor is stopping.", {
      remedy: "Wait for its end, then start it again: deco provider start.",
    });
  }
  if (!response.ok) throw silent(controlPath(dataFolder));
  return (await response.json()) as T;
}

/** @throws CliError `executor-not-running` where an answer is needed */
export function requireRunning<T>(answer: ExecutorAnswer<T>, dataFolder: string): T {
  if (answer !== undefined) return answer;
  throw new CliError("executor-not-running", "No executor runs here.", {
    where: dataFolder,
    remedy: "Start it with: deco provider start. What is open goes on then.",
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function silent(where: string, cause?: unknown): CliError {
  return new CliError("executor-silent", "The executor runs, but does not answer.", {
    where,
    remedy: "See its log; if it hangs, stop it and start it again: it continues its work.",
    ...(cause !== undefined && { cause }),
  });
}
