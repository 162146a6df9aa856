import { keccak_256 } from "@noble/hashes/sha3";
import type { Hex } from "viem";
import { bytesToHex, hexToBytes, numberToHex } from "viem";
import { MAX_VOLUME } from "../documents/input.ts";
import { DecoUsageError } from "../errors/usage-error.ts";

const WORD = 32;

/** Merkle tree over the item results of a bag. */
export interface BagTree {
  readonly root: Hex;
  readonly count: number;
  /**
   * Path from an item to the root, lowest sibling first.
   * @throws DecoUsageError `item-index-invalid`.
   */
  proof(index: number): Hex[];
}

/**
 * Builds the tree of a bag: the layout of OpenZeppelin's StandardMerkleTree over the leaves
 * `(uint256 index, bytes32 digest)`, held in one block of 64 bytes per item, so that the largest bag fits.
 * @param digests Digest of each item's result document, by index: 32 bytes in hexadecimal, or all of
 * them one after the other, as the list that the manifest names.
 * @throws DecoUsageError `bag-size-invalid`.
 */
export function bagTree(digests: readonly Hex[] | Uint8Array): BagTree {
  const count = digests instanceof Uint8Array ? digests.length / WORD : digests.length;
  if (!Number.isInteger(count) || count < 2 || count > MAX_VOLUME) {
    throw new DecoUsageError("bag-size-invalid", `a bag cannot have ${count} items`, {
      remedy: `A bag has 2 to ${MAX_VOLUME} items; a single item is a single run.`,
    });
  }
  const leaves = hashLeaves(digests, count);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => compare(leaves, a, b));
  const nodes = new Uint8Array((2 * count - 1) * WORD);
  const positions = new Uint32Array(count);
  order.forEach((index, rank) => {
    const position = 2 * count - 2 - rank;
    positions[index] = position;
    nodes.set(wordAt(leaves, index), position * WORD);
  });
  for (let i = count - 2; i >= 0; i--) {
    nodes.set(hashPair(wordAt(nodes, 2 * i + 1), wordAt(nodes, 2 * i + 2)), i * WORD);
  }
  return {
    root: bytesToHex(wordAt(nodes, 0)),
    count,
    proof: (index) => pathFrom(nodes, positionOf(positions, index)),
  };
}

/** Root that a proof leads to; compare it with the accepted one. */
export function bagRootFromProof(index: number, digest: Hex, proof: readonly Hex[]): Hex {
  const leaf = hashLeaf(index, hexToBytes(digest, { size: WORD }));
  return bytesToHex(proof.reduce((node, sibling) => hashPair(node, hexToBytes(sibling)), leaf));
}

/** Result of a bag as the chain holds it: keccak256(root || manifest digest). */
export function bagResultOf(root: Hex, manifest: Hex): Hex {
  return bytesToHex(keccak_256(joined(hexToBytes(root), hexToBytes(manifest))));
}

function hashLeaves(digests: readonly Hex[] | Uint8Array, count: number): Uint8Array {
  const leaves = new Uint8Array(count * WORD);
  for (let i = 0; i < count; i++) {
    const digest =
      digests instanceof Uint8Array
        ? wordAt(digests, i)
        : hexToBytes(digests[i] ?? "0x", { size: WORD });
    leaves.set(hashLeaf(i, digest), i * WORD);
  }
  return leaves;
}

/** Twice, so that no inner node can be passed off as a leaf. */
function hashLeaf(index: number, digest: Uint8Array): Uint8Array {
  const position = hexToBytes(numberToHex(index, { size: WORD }));
  return keccak_256(keccak_256(joined(position, digest)));
}

/** Siblings are hashed in ascending order, so that a path needs no directions. */
function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return keccak_256(isBelow(right, left) ? joined(right, left) : joined(left, right));
}

function pathFrom(nodes: Uint8Array, start: number): Hex[] {
  const path: Hex[] = [];
  for (let i = start; i > 0; i = (i - 1) >> 1) {
    path.push(bytesToHex(wordAt(nodes, i % 2 === 1 ? i + 1 : i - 1)));
  }
  return path;
}

function positionOf(positions: Uint32Array, index: number): number {
  const position = positions[index];
  if (position !== undefined) return position;
  throw new DecoUsageError("item-index-invalid", `the bag has no item ${index}`, {
    remedy: `Items are numbered 0 to ${positions.length - 1}.`,
  });
}

function wordAt(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * WORD, (index + 1) * WORD);
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(2 * WORD);
  both.set(left);
  both.set(right, WORD);
  return both;
}

function compare(words: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < WORD; i++) {
    const difference = (words[a * WORD + i] ?? 0) - (words[b * WORD + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isBelow(left: Uint8Array, right: Uint8Array): boolean {
  for (let i = 0; i < WORD; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
