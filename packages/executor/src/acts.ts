import type { ActObserver as ObserverOf } from "@deco-network/database";

import type { Journal } from "./journal/journal.ts";
import type { Transaction } from "./journal/rows.ts";
import type { SeatKey, Transition } from "./journal/transition.ts";

/**
 * What an executor does that outlives it: what is on disk, or has left this machine. A crash just
 * before or just after one of these is where work could be lost, and nowhere else.
 */
export type Act =
  | {
      readonly kind: "write";
      readonly transitions: readonly Transition[];
      readonly journal: Journal;
    }
  /** Signed bytes are handed to the network. */
  | { readonly kind: "broadcast"; readonly transaction: Transaction }
  /** A signed commitment, or tag and salt, are given to whoever relays them. */
  | { readonly kind: "ballot"; readonly key: SeatKey; readonly shown: boolean };

/** Sees every act: metrics, tests that end the process at a chosen one. */
export type ActObserver = ObserverOf<Act>;
