import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { assemble, assemblePixels, pixelDigest, tilesOf } from "../../src/path-tracer/index.ts";

const SIZE = { width: 50, height: 41 };
const PICTURE = { ...SIZE, samples: 1 };

/** Red counts columns, green rows, blue is fixed: a misplaced pixel shows. */
function tileOutputs(engine: "wasm" | "oci" = "wasm"): Map<number, Uint8Array> {
  return new Map(
    tilesOf(PICTURE, engine).map((tile) => {
      const bytes = new Uint8Array(tile.width * tile.height * 3);
      for (let i = 0; i < tile.width * tile.height; i++) {
        const x = tile.x + (i % tile.width);
        const y = tile.y + Math.floor(i / tile.width);
        bytes.set([x, y, 7], i * 3);
      }
      return [tile.index, bytes];
    }),
  );
}

describe("assemble", () => {
  it("writes a PNG with every pixel in its place", () => {
    const png = PNG.sync.read(Buffer.from(assemble(PICTURE, tileOutputs())));
    expect(png).toMatchObject(SIZE);
    for (let y = 0; y < SIZE.height; y++) {
      for (let x = 0; x < SIZE.width; x++) {
        const at = (y * SIZE.width + x) * 4;
        expect([...png.data.subarray(at, at + 4)]).toEqual([x, y, 7, 255]);
      }
    }
  });

  it("does not care in which order tiles arrived", () => {
    const reversed = new Map([...tileOutputs()].reverse());
    expect(pixelDigest(assemblePixels(PICTURE, reversed))).toBe(
      pixelDigest(assemblePixels(PICTURE, tileOutputs())),
    );
  });

  it("puts the larger tiles of containers together to the same pixels", () => {
    const outputs = tileOutputs("oci");
    expect(outputs.size).toBeLessThan(tileOutputs().size);
    expect(assemblePixels(PICTURE, outputs, "oci")).toEqual(assemblePixels(PICTURE, tileOutputs()));
    expect(assemble(PICTURE, outputs, "oci")).toEqual(assemble(PICTURE, tileOutputs()));
  });

  it("names a missing tile", () => {
    const outputs = tileOutputs();
    outputs.delete(5);
    expect(() => assemble(PICTURE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-missing", index: 5 }),
    );
  });

  it("names a tile of another size", () => {
    const outputs = tileOutputs();
    outputs.set(2, new Uint8Array(3));
    expect(() => assemble(PICTURE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-size", index: 2 }),
    );
  });

  it("names a tile that the picture does not have", () => {
    const outputs = tileOutputs();
    outputs.set(99, new Uint8Array(3));
    expect(() => assemble(PICTURE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-unexpected", index: 99 }),
    );
  });
});
