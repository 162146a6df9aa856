/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms" | "ratio" | "blocks" | "tasks/s" | "MB" | "MiB/s";
  /** What the figure should not exceed, or should reach; absent where it only informs. */
  readonly goal?: { readonly most: number } | { readonly least: number };
  /** How it came about, in a few words: the peer's own figure, how many runs. */
  readonly of: string;
}

/** Whether a figure is what it should be; undefined without a goal. */
export function isMet({ goal, value }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return "most" in goal ? value <= goal.most : value >= goal.least;
}

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)];
  const lower = sorted[Math.ceil(half) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("Nothing was measured.");
  return (upper + lower) / 2;
}

/** A line for a person. */
export function textOf(figure: Figure): string {
  const { goal, name, of, unit, value } = figure;
  const shown = value.toFixed(value < 10 ? 2 : 0);
  const met = isMet(figure);
  const wanted =
    goal === undefined ? "" : `goal ${"most" in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`}`;
  const verdict = met === undefined ? "" : met ? ", met" : ", MISSED";
  return `${name.padEnd(28)} ${`${shown} ${unit}`.padEnd(16)} ${`${wanted}${verdict}`.padEnd(22)} ${of}`;
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
