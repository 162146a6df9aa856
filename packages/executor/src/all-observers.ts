import type { ActObserver } from "./acts.ts";

/** Observers as one, called in this order; what one throws keeps the later ones from being called. */
export function allObservers(...observers: readonly (ActObserver | undefined)[]): ActObserver {
  return {
    before(act) {
      for (const observer of observers) observer?.before?.(act);
    },
    after(act) {
      for (const observer of observers) observer?.after?.(act);
    },
  };
}
