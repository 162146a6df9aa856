import type { Transition } from "@deco-network/executor";

/** Whether the work went on: an assignment moved, or a transaction reached the chain. */
export function isStep(transition: Transition): boolean {
  return transition.kind === "assignment-moved" || transition.kind === "transaction-included";
}
