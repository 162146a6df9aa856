import type { ActObserver as ObserverOf } from "@deco-network/database";

import type { Attempt } from "./store/orders.ts";
import type { Transition } from "./store/transition.ts";

/** What an allocator does that outlives it: what is on disk, or has left this machine. */
export type Act =
  | { readonly kind: "write"; readonly transitions: readonly Transition[] }
  /** Signed bytes are handed to the network. */
  | { readonly kind: "broadcast"; readonly attempt: Attempt };

/** Sees every act: tests that end the process at a chosen one. */
export type ActObserver = ObserverOf<Act>;
