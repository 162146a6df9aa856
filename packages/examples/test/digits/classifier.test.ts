import { readFile } from "node:fs/promises";
import { commitmentsOf } from "@deco-network/proofs";
import { describe, expect, it } from "vitest";
import { readSamples } from "../../scripts/digits/data-set.ts";
import { digits } from "../../src/index.ts";

const LIMITS = { wallMillis: 60_000, memoryBytes: 2 ** 30 };
const model = await digits.loadModel();

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
    const wasm = await readFile(new URL("witness.wasm", digits.keysFolder));
    const witness = new SharedArrayBuffer(wasm.length);
    new Uint8Array(witness).set(wasm);
    for (const [index, { image }] of images.entries()) {
      const salt = 10n ** 60n + BigInt(index);
      const signals = { ...digits.modelSignals(model), ...digits.imageSignals(image, salt) };
      const until = AbortSignal.timeout(LIMITS.wallMillis);
      const files = { system: "groth16", witness } as const;
      const made = await commitmentsOf(files, signals, LIMITS, until);
      expect(made).toEqual({
        input: digits.commitImage(published, image, salt),
        output: BigInt(digits.classify(model, image)),
      });
    }
  });
});
