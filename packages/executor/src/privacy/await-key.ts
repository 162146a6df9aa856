import type { Overview, Step } from "../assignments/context.ts";
import { wait } from "../assignments/context.ts";

/**
 * Waits for a private task's key, or says that it is too late: the second half of the commit window is left to the run,
 * since the requester sends the key within a few blocks of the round's filling, or not at all.
 */
export function awaitKey({ phase, now }: Overview): Step | undefined {
  if (phase.name !== "executing") return undefined;
  const until = phase.closesAt - Math.ceil(phase.task.commitWindow / 2);
  return now <= until ? wait(until + 1, "private-key-awaited") : undefined;
}
