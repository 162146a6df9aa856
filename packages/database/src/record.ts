import type { ActObserver } from "./act-observer.ts";
import type { Database } from "./database.ts";

/** A write as observers see it: what takes effect together. */
export interface WriteAct<Transition> {
  readonly transitions: readonly Transition[];
}

/**
 * Makes a write between the observer's two looks: all transitions are on disk before this returns, or none.
 * @param apply Writes one transition.
 * @returns what `apply` gave for each, in order
 */
export function recordWrite<Act, Transition, Result>(
  database: Database,
  observer: ActObserver<Act>,
  act: Act & WriteAct<Transition>,
  apply: (database: Database, transition: Transition) => Result,
): Result[] {
  observer.before?.(act);
  const results = database.together(() =>
    act.transitions.map((transition) => apply(database, transition)),
  );
  observer.after?.(act);
  return results;
}
