import type { TransactionPurpose } from "../journal/transition.ts";

/** A lock is lost when these come after their windows. */
const URGENT: ReadonlySet<TransactionPurpose> = new Set([
  ...(["commit", "reveal", "abstain", "decline", "show-leaf", "fill-gap"] as const),
]);

/** Whether no lock depends on it: without gas money to spare it is left out, and it waits for whatever else is sent. */
export function isOptional(purpose: TransactionPurpose): boolean {
  return purpose === "claim" || purpose === "checkpoint";
}

/** Order of sending: what a lock depends on goes first, what takes another seat last. */
export function rankOf(purpose: TransactionPurpose): number {
  if (URGENT.has(purpose)) return 0;
  return isOptional(purpose) ? 2 : 1;
}
