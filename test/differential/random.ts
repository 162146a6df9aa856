/** Numbers from a seed, the same in every run; quick, and good enough to choose cases with. */
export interface Random {
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<Value>(values: readonly Value[]): Value;
  bytes(count: number): Uint8Array;
}

/** xorshift128, seeded by splitmix32. */
export function randomFrom(seed: number): Random {
  let mixed = seed | 0;
  const split = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let word = mixed ^ (mixed >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
  const state = new Int32Array([split(), split(), split(), split() | 1]);
  const next = () => {
    const [x = 0, y = 0, z = 0, w = 0] = state;
    const shifted = x ^ (x << 11);
    const word = w ^ (w >>> 19) ^ shifted ^ (shifted >>> 8);
    state.set([y, z, w, word]);
    return word >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  const pick = <Value>(values: readonly Value[]) => {
    const value = values[below(values.length)];
    if (value === undefined) throw new RangeError("There is nothing to pick from.");
    return value;
  };
  return { below, pick, bytes: (count) => Uint8Array.from({ length: count }, () => below(256)) };
}
