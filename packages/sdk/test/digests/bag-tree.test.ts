import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { concatHex, hexToBytes, keccak256, numberToHex } from "viem";
import { describe, expect, test } from "vitest";
import { bagResultOf, bagRootFromProof, bagTree } from "../../src/digests/bag-tree.ts";
import { DecoUsageError } from "../../src/errors/usage-error.ts";

function digests(count: number) {
  return Array.from({ length: count }, (_, i) => keccak256(numberToHex(i, { size: 4 })));
}

describe("bagTree", () => {
  test.each([2, 3, 4, 5, 7, 8, 9, 100])("is OpenZeppelin's tree for %i items", (count) => {
    const items = digests(count);
    const theirs = StandardMerkleTree.of(
      items.map((item, i) => [i, item]),
      ["uint256", "bytes32"],
    );
    const ours = bagTree(items);
    expect(ours.root).toBe(theirs.root);
    expect(ours.count).toBe(count);
    for (const [i, item] of items.entries()) {
      expect(ours.proof(i)).toEqual(theirs.getProof(i));
      expect(bagRootFromProof(i, item, ours.proof(i))).toBe(ours.root);
      expect(bagRootFromProof(i + 1, item, ours.proof(i))).not.toBe(ours.root);
    }
  });

  test("takes the list as it is stored", () => {
    const items = digests(5);
    expect(bagTree(hexToBytes(concatHex(items))).root).toBe(bagTree(items).root);
  });

  test("tells equal items apart by their place", () => {
    const [item = "0x"] = digests(1);
    const tree = bagTree([item, item, item]);
    expect(new Set([0, 1, 2].map((i) => tree.proof(i).join())).size).toBe(3);
    expect([0, 1, 2].map((i) => bagRootFromProof(i, item, tree.proof(i)))).toEqual(
      new Array(3).fill(tree.root),
    );
  });

  test.each([0, 1])("refuses a bag of %i", (count) => {
    expect(codeOf(() => bagTree(digests(count)))).toBe("bag-size-invalid");
    expect(codeOf(() => bagTree(new Uint8Array(count * 32 + 1)))).toBe("bag-size-invalid");
  });

  test.each([-1, 3, 0.5, Number.NaN])("has no item %d", (index) => {
    expect(codeOf(() => bagTree(digests(3)).proof(index))).toBe("item-index-invalid");
  });
});

test("a bag's result binds root and manifest", () => {
  const [root = "0x", manifest = "0x"] = digests(2);
  expect(bagResultOf(root, manifest)).toBe(keccak256(concatHex([root, manifest])));
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DecoUsageError) return error.code;
    throw error;
  }
  return "none";
}
