import { poseidon2 } from "poseidon-lite/poseidon2";

/**
 * What opens one item of a bag that a circuit proved: the hashes beside its way to the root, from the leaf up (`circuits/lib/merkle.circom`).
 * @param leaves of all items, a power of two of them
 * @throws RangeError when there is no such item, or no such bag
 */
export function openItem(leaves: readonly bigint[], index: number): bigint[] {
  if (!Number.isInteger(Math.log2(leaves.length)) || leaves[index] === undefined) {
    throw new RangeError(`There is no item ${index} in a bag of ${leaves.length}.`);
  }
  const path: bigint[] = [];
  let [level, at] = [leaves, index];
  while (level.length > 1) {
    path.push(level[at ^ 1] ?? 0n);
    const pairs = level.length / 2;
    const below = level;
    level = Array.from({ length: pairs }, (_, i) =>
      poseidon2([below[2 * i] ?? 0n, below[2 * i + 1] ?? 0n]),
    );
    at >>= 1;
  }
  return path;
}

/**
 * The root that an item's leaf gives with its path. The reader must know the bag's depth: compare the path's length with it.
 */
export function rootOfPath(leaf: bigint, index: number, path: readonly bigint[]): bigint {
  return path.reduce(
    (node, beside, height) =>
      (index >> height) & 1 ? poseidon2([beside, node]) : poseidon2([node, beside]),
    leaf,
  );
}
