import type { ActObserver as ObserverOf } from "@deco-network/database";

import type { Transition } from "./journal/transition.ts";

/** What an auditor does that outlives it: what is on disk, or has left this machine. */
export type Act =
  | { readonly kind: "write"; readonly transitions: readonly Transition[] }
  /** A signed transaction is handed to the network. */
  | { readonly kind: "broadcast"; readonly call: string };

/** Sees every act: tests that end the process at a chosen one. */
export type ActObserver = ObserverOf<Act>;
