/** Why no new seats are taken at the moment. */
export type GateReason =
  /** The operator key could not pay for ending what it holds. */
  | "balance-low"
  /** The day's gas money is spent. */
  | "spending-limit"
  /** The operator turned intake off, or the executor stops. */
  | "draining"
  /** The operator key claimed or committed elsewhere: another executor may run with it. */
  | "foreign-activity"
  /** Too little disk is free to work safely. */
  | "disk-low"
  | "starting";

/** Whether new seats may be claimed; every reason must be gone. */
export class IntakeGate {
  readonly #reasons = new Set<GateReason>();

  get open(): boolean {
    return this.#reasons.size === 0;
  }

  get reasons(): readonly GateReason[] {
    return [...this.#reasons];
  }

  close(reason: GateReason): void {
    this.#reasons.add(reason);
  }

  lift(reason: GateReason): void {
    this.#reasons.delete(reason);
  }
}
