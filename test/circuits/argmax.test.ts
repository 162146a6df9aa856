import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { projectRoot } from "../../scripts/lib/project.ts";
import { Constraints, FIELD, witnessValues } from "./support/constraints.ts";
import { compileProbe } from "./support/probe.ts";

async function witnessOf(wasm: string, signals: object): Promise<bigint[]> {
  const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
  await wtns.calculate({ ...signals }, wasm, file);
  return witnessValues(file.data ?? new Uint8Array());
}

describe("the place of the largest", { timeout: 120_000 }, () => {
  let folder: string;
  let probe: Awaited<ReturnType<typeof compileProbe>>;
  let constraints: Constraints;

  beforeAll(async () => {
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    folder = await mkdtemp(join(projectRoot, "cache", "argmax-test-"));
    probe = await compileProbe(folder, 'include "lib/argmax.circom";', "ArgMax(4, 8)");
    constraints = await Constraints.read(probe.r1cs);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const largest = async (...values: number[]) => {
    const signals = values.map((value) => ((BigInt(value) + FIELD) % FIELD).toString());
    return await witnessOf(probe.wasm, { in: signals });
  };

  it.each([
    [[1, 5, 2, 3], 1],
    [[-7, -5, -100, -6], 1],
    [[0, 0, 0, 0], 0],
    [[3, 9, 9, 1], 1],
    [[1, 2, 4, 4], 2],
    [[-9, -9, -9, -8], 3],
  ])("of %o is %i: of equal ones the first", async (values, place) => {
    const witness = await largest(...values);
    expect(witness[1]).toBe(BigInt(place));
    expect(constraints.hold(witness)).toBe(true);
  });

  it("has no witness for numbers further apart than it compares", async () => {
    await expect(largest(0, 256, 0, 0)).rejects.toThrow();
  });

  it("cannot be said to be a later one of two equal ones, nor a smaller one", async () => {
    // The inputs of one list with all else of a witness for another: what a liar would have to show.
    const [inputs, claimed] = [await largest(9, 9, 0, 0), await largest(8, 9, 0, 0)];
    expect(constraints.hold(claimed)).toBe(true);
    const lie = claimed.map((value, signal) =>
      signal >= 2 && signal < 6 ? (inputs[signal] ?? 0n) : value,
    );
    expect(constraints.hold(lie)).toBe(false);
  });
});
