import type { JournalObserver } from "./journal.ts";

/** Observers as one, called in this order; what one throws keeps the later ones from being called. */
export function allObservers(
  ...observers: readonly (JournalObserver | undefined)[]
): JournalObserver {
  return {
    before(transitions) {
      for (const observer of observers) observer?.before?.(transitions);
    },
    after(transitions) {
      for (const observer of observers) observer?.after?.(transitions);
    },
  };
}
