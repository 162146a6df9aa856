import type { PublicClient } from "viem";

import type { TaskEvent } from "../../../packages/executor/test/support/network.ts";
import { PAID } from "../fault.ts";

/** `SeatOutcome` in the contracts, by number. */
const SEAT_OUTCOMES = [
  ...["none", PAID, "dissented", "withheld", "no-show", "abstained", "released", "consoled"],
  "undelivered",
];

/** How the seats of a task ended: `paid` when all were, or what else became of the first that was not. */
export function outcomeOf(events: readonly TaskEvent[]): string {
  const seats = events.flatMap((event) =>
    event.eventName === "SeatEnded" ? [SEAT_OUTCOMES[event.args.outcome] ?? "unknown"] : [],
  );
  const committed = events.flatMap((event) =>
    event.eventName === "Committed" ? [event.args.provider] : [],
  );
  if (new Set(committed).size < committed.length) return "committed-twice";
  if (seats.length > 0) return seats.find((outcome) => outcome !== PAID) ?? PAID;
  return events.some(({ eventName }) => eventName === "TaskSettled") ? "no-seat" : "task-ended";
}

/** Waits until an event is so many blocks deep, its own counted. @returns how deep it is */
export async function buriedBy(
  client: PublicClient,
  event: TaskEvent,
  depth: number,
): Promise<number> {
  for (;;) {
    const head = await client.getBlockNumber({ cacheTime: 0 });
    const deep = Number(head - event.blockNumber) + 1;
    if (deep >= depth) return deep;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** How long the work may take to notice what the chain already shows. */
const NOTICE_MILLIS = 3_000;

/** From a moment to the first step after it, which may be just about to be taken. */
export async function stepAfter(steps: readonly number[], moment: number): Promise<number> {
  for (const end = performance.now() + NOTICE_MILLIS; performance.now() < end; ) {
    const next = steps.find((at) => at > moment);
    if (next !== undefined) return Math.round(next - moment);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // A good end without any step after the fault: it had no part in it.
  return 0;
}
