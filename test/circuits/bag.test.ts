import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { openItem, rootOfPath } from "@deco-network/proofs";
import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compileCircuit } from "../../scripts/circuits/compile.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import { witnessValues } from "./support/constraints.ts";

describe("a bag under one proof", { timeout: 240_000 }, () => {
  let folder: string;
  let one: string;
  let bag: string;

  beforeAll(async () => {
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    folder = await mkdtemp(join(projectRoot, "cache", "bag-test-"));
    const optimisation = "O1";
    one = (await compileCircuit({ name: "sum-of-squares", optimisation }, join(folder, "one")))
      .wasm;
    bag = (await compileCircuit({ name: "sum-of-squares-bag", optimisation }, join(folder, "bag")))
      .wasm;
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const commitments = async (wasm: string, signals: object) => {
    const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
    await wtns.calculate({ binding: "1", ...signals }, wasm, file);
    const [, input = 0n, output = 0n] = witnessValues(file.data ?? new Uint8Array());
    return { input, output };
  };

  const items = [
    { n: "5", salt: "11" },
    { n: "0", salt: "12" },
    { n: "7", salt: "13" },
    { n: "7", salt: "14" },
  ];
  const bagged = (of: readonly { n: string; salt: string }[]) => ({
    n: of.map(({ n }) => n),
    salt: of.map(({ salt }) => salt),
  });

  it("commits to the items of the circuit for one, in their order, each of which its path opens", async () => {
    const roots = await commitments(bag, bagged(items));
    const leaves = await Promise.all(items.map((item) => commitments(one, item)));
    for (const side of ["input", "output"] as const) {
      const all = leaves.map((leaf) => leaf[side]);
      for (const [index, leaf] of all.entries()) {
        const path = openItem(all, index);
        expect(path).toHaveLength(2);
        expect(rootOfPath(leaf, index, path)).toBe(roots[side]);
        // Neither another item, nor the same at another place, nor on another path.
        expect(rootOfPath(leaf + 1n, index, path)).not.toBe(roots[side]);
        expect(rootOfPath(leaf, index ^ 1, path)).not.toBe(roots[side]);
        expect(rootOfPath(leaf, index, path.toReversed())).not.toBe(roots[side]);
      }
    }
  });

  it("is another bag in another order", async () => {
    const roots = await commitments(bag, bagged(items));
    const reversed = await commitments(bag, bagged(items.toReversed()));
    expect(reversed.input).not.toBe(roots.input);
    expect(reversed.output).not.toBe(roots.output);
  });

  it("has no proof for a list of another length", async () => {
    await expect(commitments(bag, bagged(items.slice(1)))).rejects.toThrow();
  });
});
