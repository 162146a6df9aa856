import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { assemble, assemblePixels, pixelDigest, splitTiles } from "../../src/path-tracer/index.ts";

const SIZE = { width: 50, height: 41 };

/** Red counts columns, green rows, blue is fixed: a misplaced pixel shows. */
function tileOutputs(): Map<number, Uint8Array> {
  return new Map(
    splitTiles(SIZE.width, SIZE.height).map((tile) => {
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
    const png = PNG.sync.read(Buffer.from(assemble(SIZE, tileOutputs())));
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
    expect(pixelDigest(assemblePixels(SIZE, reversed))).toBe(
      pixelDigest(assemblePixels(SIZE, tileOutputs())),
    );
  });

  it("names a missing tile", () => {
    const outputs = tileOutputs();
    outputs.delete(5);
    expect(() => assemble(SIZE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-missing", index: 5 }),
    );
  });

  it("names a tile of another size", () => {
    const outputs = tileOutputs();
    outputs.set(2, new Uint8Array(3));
    expect(() => assemble(SIZE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-size", index: 2 }),
    );
  });

  it("names a tile that the picture does not have", () => {
    const outputs = tileOutputs();
    outputs.set(99, new Uint8Array(3));
    expect(() => assemble(SIZE, outputs)).toThrow(
      expect.objectContaining({ code: "tile-unexpected", index: 99 }),
    );
  });
});
