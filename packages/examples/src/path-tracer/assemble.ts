import { createHash } from "node:crypto";
import { PNG } from "pngjs";
import { TileError } from "./errors.ts";
import type { Scene } from "./scene.ts";
import { type Tile, tilesOf } from "./tiles.ts";

/** What decides the tiles of a picture. */
type Picture = Pick<Scene, "width" | "height" | "samples">;

/**
 * Puts tiles together: rows from the top, three bytes (red, green, blue) a pixel.
 * @param outputs contents of `tile.rgb` by the index of the tile
 * @param engine that rendered them
 * @throws TileError `tile-missing`, `tile-size` or `tile-unexpected`
 */
export function assemblePixels(
  scene: Picture,
  outputs: ReadonlyMap<number, Uint8Array>,
  engine: "wasm" | "oci" = "wasm",
): Uint8Array {
  const tiles = tilesOf(scene, engine);
  for (const index of outputs.keys()) {
    if (tiles[index] === undefined) {
      throw new TileError(
        "tile-unexpected",
        index,
        `the picture has no tile ${index}: it has ${tiles.length}`,
        "assemble with the scene that the job was prepared from",
      );
    }
  }
  const pixels = new Uint8Array(scene.width * scene.height * 3);
  for (const tile of tiles) {
    const bytes = checkTile(tile, outputs.get(tile.index));
    const rowBytes = tile.width * 3;
    for (let row = 0; row < tile.height; row++) {
      pixels.set(
        bytes.subarray(row * rowBytes, (row + 1) * rowBytes),
        ((tile.y + row) * scene.width + tile.x) * 3,
      );
    }
  }
  return pixels;
}

/**
 * Puts tiles together into a PNG file. Its bytes depend on the compressor at hand; to compare
 * pictures, compare {@link pixelDigest} of {@link assemblePixels}.
 * @throws TileError as {@link assemblePixels}
 */
export function assemble(
  scene: Picture,
  outputs: ReadonlyMap<number, Uint8Array>,
  engine: "wasm" | "oci" = "wasm",
): Uint8Array {
  const png = new PNG({ width: scene.width, height: scene.height });
  png.data = Buffer.from(assemblePixels(scene, outputs, engine));
  return PNG.sync.write(png, { colorType: 2, inputColorType: 2, inputHasAlpha: false });
}

/** SHA-256 of a picture's pixels, lower-case hexadecimal. */
export function pixelDigest(pixels: Uint8Array): string {
  return createHash("sha256").update(pixels).digest("hex");
}

function checkTile(tile: Tile, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) {
    throw new TileError(
      "tile-missing",
      tile.index,
      `tile ${tile.index} is missing`,
      "fetch the output tile.rgb of every item of the bag",
    );
  }
  const expected = tile.width * tile.height * 3;
  if (bytes.length !== expected) {
    throw new TileError(
      "tile-size",
      tile.index,
      `tile ${tile.index} has ${bytes.length} bytes, not ${expected}`,
      "assemble with the scene that the job was prepared from",
    );
  }
  return bytes;
}
