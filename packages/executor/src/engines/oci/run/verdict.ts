import type { AbstainReason } from "../../engine.ts";

/** What the engine reports of a container that has ended. */
export interface EndState {
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** Why this process ended the container itself. */
export type Intervention = "wall" | "stdout" | "stderr" | "network";

export type Verdict =
  | { readonly kind: "completed"; readonly exitCode: number }
  | {
      readonly kind: "abstained";
      readonly reason: AbstainReason;
      readonly detail: string;
    };

/** Shells and container engines alike report a signal as 128 plus its number. */
const SIGNAL_BASE = 128;
const SIGKILL = 9;
const SIGXFSZ = 25;
const LAST_SIGNAL = 64;

/**
 * Judges how a program ended. Limits and signals are met at different places on different
 * machines, hence abstentions; an exit code is the program's own word, hence a result. The API
 * cannot tell `exit 137` from a kill, so the codes 129 to 192 always count as signals.
 *
 * A kill that nobody here asked for is the kernel's at the limit of memory, or the program's own of itself. The container engine's word
 * on which comes late on a busy machine, and not at all when the control group goes first; replicas that called one end by two names
 * could not agree that the task cannot run. So both have one name.
 */
export function judge(end: EndState, intervention: Intervention | undefined): Verdict {
  if (intervention !== undefined) {
    const detail = {
      wall: "wall time",
      stdout: "stdoutBytes",
      stderr: "standard error",
      network: "network bytes",
    }[intervention];
    return exceeded(`the program reached its limit of ${detail}`);
  }
  const signal = end.exitCode - SIGNAL_BASE;
  if (end.oomKilled) return exceeded("the program reached its limit of memory");
  if (signal === SIGKILL) return exceeded("the program was killed, as at its limit of memory");
  if (signal === SIGXFSZ) return exceeded("the program reached the limit of a file's size");
  if (signal > 0 && signal <= LAST_SIGNAL) {
    return {
      kind: "abstained",
      reason: "killed",
      detail: `the program ended by signal ${signal}`,
    };
  }
  return { kind: "completed", exitCode: end.exitCode };
}

function exceeded(detail: string): Verdict {
  return { kind: "abstained", reason: "limit-exceeded", detail };
}
