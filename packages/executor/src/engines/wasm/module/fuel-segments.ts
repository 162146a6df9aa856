/** Where fuel is charged: `cost` units before the instruction emitted at `at`. */
export interface FuelMark {
  readonly at: number;
  cost: number;
}

/**
 * Groups a function's instructions into segments that are charged once, at their beginning.
 * All instructions of a segment run whenever its beginning is passed, unless a trap ends the run.
 */
export class FuelSegments {
  readonly marks: FuelMark[] = [];
  #current = 0;

  get current(): number {
    return this.#current;
  }

  /** Opens a segment at an offset of the emitted code, from where it is charged. */
  open(at: number): void {
    this.#current = this.marks.push({ at, cost: 0 }) - 1;
  }

  /** Continues a segment whose beginning and present place always run together. */
  resume(segment: number): void {
    this.#current = segment;
  }

  charge(cost: number): void {
    (this.marks[this.#current] as FuelMark).cost += cost;
  }
}
