/** What kind of thing goes wrong. */
export type FaultGroup =
  | "rpc"
  | "queue"
  | "reorg"
  | "content"
  | "host"
  | "docker"
  /** The process ends at a chosen instruction. */
  | "crash";

/** How one try ended. */
export interface Trial {
  /** `paid`, or the stable code of what happened instead. */
  readonly outcome: string;
  /** From the end of the fault (its beginning, where it stays) to the next step of the work. */
  readonly recoveryMillis: number;
}

/** One thing that goes wrong, and what must come of it. */
export interface Fault {
  readonly name: string;
  readonly group: FaultGroup;
  /** One line for a person. */
  readonly does: string;
  /** The named outcome; usually the task settles and the provider is `paid`. */
  readonly expects: string;
  /** Whether each run of the tests has it; the others are behind DECO_NIGHTLY. */
  readonly sample?: true;
  /** Why it cannot be tried on this machine, and what to do about it. */
  missing?(): Promise<string | undefined>;
  /** Tries it once; what varies between tries comes from the seed. */
  attempt(places: Places, seed: number): Promise<Trial>;
}

/** Gives out what faults happen to; kept between tries, and thrown away after a loss. */
export interface Places {
  use<Place extends { close(): Promise<void> }>(
    name: string,
    open: () => Promise<Place>,
  ): Promise<Place>;
}

/** The usual good end. */
export const PAID = "paid";
