import { DecoUsageError } from "../errors/usage-error.ts";

/** Limits of a wait. */
export interface WaitParameters {
  readonly signal?: AbortSignal | undefined;
  /** Longest wait in milliseconds; each action states its default. */
  readonly timeoutMillis?: number | undefined;
  /** Pause between two questions to the chain, in milliseconds; default: the client's polling interval. */
  readonly pollMillis?: number | undefined;
}

/**
 * Asks until there is an answer.
 * @throws DecoUsageError `timeout`, `aborted`.
 */
export async function pollUntil<Answer>(
  ask: () => Promise<Answer | undefined>,
  wait: {
    readonly signal: AbortSignal | undefined;
    readonly timeoutMillis: number;
    readonly pollMillis: number;
  },
  waitingFor: string,
): Promise<Answer> {
  const until = Date.now() + wait.timeoutMillis;
  while (true) {
    throwIfAborted(wait.signal, waitingFor);
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= until) {
      throw new DecoUsageError("timeout", `waited ${wait.timeoutMillis} ms for ${waitingFor}`, {
        remedy: "It may still happen: look again, or allow more time with timeoutMillis.",
      });
    }
    await sleep(wait.pollMillis, wait.signal);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined, waitingFor: string): void {
  if (!signal?.aborted) return;
  throw new DecoUsageError("aborted", `waiting for ${waitingFor} was aborted`, {
    remedy: "What was sent stays sent: look at the chain before you repeat it.",
    cause: signal.reason,
  });
}

/** Resolves after the pause, or at once when the signal is aborted; the caller looks at the signal. */
function sleep(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, millis);
    signal?.addEventListener("abort", finish, { once: true });
    if (signal?.aborted) finish();
  });
}
