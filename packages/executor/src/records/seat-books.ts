import type { SeatKey } from "../journal/transition.ts";
import type { RunUsage } from "../results/run-usage.ts";

/** Keeps account of what seats cost. */
export interface SeatBooks {
  /** The seat's program ran. */
  ran(key: SeatKey, usage: RunUsage): void;
}
