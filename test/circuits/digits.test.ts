import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { digits } from "@deco-network/examples";
import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readSamples } from "../../packages/examples/scripts/digits/data-set.ts";
import { keyFiles } from "../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import { Constraints, FIELD, witnessValues } from "./support/constraints.ts";
import { compileProbe } from "./support/probe.ts";

const model = await digits.loadModel();

async function witnessOf(wasm: string, signals: object): Promise<bigint[]> {
  const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
  await wtns.calculate({ ...signals }, wasm, file);
  return witnessValues(file.data ?? new Uint8Array());
}

describe("the digit classifier", () => {
  it("reads at least nine of ten digits of fonts that it never saw", async () => {
    const unseen = (await readSamples()).filter(({ heldOut }) => heldOut);
    const right = unseen.filter(({ image, digit }) => digits.classify(model, image) === digit);
    const share = right.length / unseen.length;
    process.stderr.write(`held out: ${(share * 100).toFixed(1)} % of ${unseen.length} images\n`);
    expect(unseen.length).toBeGreaterThan(1_000);
    expect(share).toBeGreaterThanOrEqual(0.9);
  });

  it("commits to model and image, and answers, as its circuit does", {
    timeout: 120_000,
  }, async () => {
    const published = digits.commitModel(model);
    const images = (await readSamples()).filter((_, index) => index % 1_000 === 7);
    expect(images.length).toBeGreaterThan(4);
    for (const [index, { image }] of images.entries()) {
      const salt = 10n ** 60n + BigInt(index);
      const signals = { ...digits.modelSignals(model), ...digits.imageSignals(image, salt) };
      const { witness } = keyFiles("digit-classifier");
      const [, input, output] = await witnessOf(witness, { ...signals, binding: "1" });
      expect(input).toBe(digits.commitImage(published, image, salt));
      expect(output).toBe(BigInt(digits.classify(model, image)));
    }
  });
});

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
