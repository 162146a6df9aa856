import { describe, expect, it } from "vitest";
import { encodeTile, splitTiles, tilesOf } from "../../src/path-tracer/index.ts";

const SIZES = [
  [240, 180],
  [8, 8],
  [8, 2048],
  [2048, 8],
  [2048, 2048],
  [1919, 1081],
] as const;

describe("splitTiles", () => {
  it.each(SIZES)("covers %i × %i once, with at most 36 tiles", (width, height) => {
    const tiles = splitTiles(width, height);
    expect(tiles.length).toBeLessThanOrEqual(36);
    const covered = new Uint8Array(width * height);
    const count = (at: number) => covered.set([(covered[at] ?? 0) + 1], at);
    for (const tile of tiles) {
      expect(Math.min(tile.width, tile.height)).toBeGreaterThan(0);
      for (let y = tile.y; y < tile.y + tile.height; y++) {
        for (let x = tile.x; x < tile.x + tile.width; x++) count(y * width + x);
      }
    }
    expect(covered.every((times) => times === 1)).toBe(true);
  });

  it("numbers the tiles by rows", () => {
    const tiles = splitTiles(240, 180);
    expect(tiles.map((tile) => tile.index)).toEqual([...tiles.keys()]);
    expect(tiles.slice(0, 2)).toEqual([
      { index: 0, x: 0, y: 0, width: 34, height: 36 },
      { index: 1, x: 34, y: 0, width: 34, height: 36 },
    ]);
  });

  it("keeps the tiles of the default picture small enough for a result document", () => {
    for (const tile of splitTiles(240, 180)) {
      expect(tile.width * tile.height * 3).toBeLessThanOrEqual(4096);
    }
  });
});

describe("tilesOf", () => {
  const tiles = (samples: number, engine: "wasm" | "oci") =>
    tilesOf({ width: 240, height: 180, samples }, engine).length;

  it("gives WebAssembly as many tiles whatever the work", () => {
    expect([1, 48, 4096].map((samples) => tiles(samples, "wasm"))).toEqual([35, 35, 35]);
  });

  it("gives containers more tiles the more work there is", () => {
    expect([1, 48, 4096].map((samples) => tiles(samples, "oci"))).toEqual([4, 6, 35]);
  });
});

describe("encodeTile", () => {
  it("writes canonical JSON", () => {
    const bytes = encodeTile({ index: 3, x: 1, y: 2, width: 5, height: 4 });
    expect(new TextDecoder().decode(bytes)).toBe('{"height":4,"index":3,"width":5,"x":1,"y":2}');
  });
});
