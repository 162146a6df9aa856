import type { Scene } from "./scene.ts";

/** A rectangle of the picture, in pixels from the upper left corner. */
export interface Tile {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Tiles of a picture: enough to share out and to count by Merkle proof, few enough that starting
 * the module is a small part of each. A tile of the default picture stays under 4 KiB, so that
 * its bytes travel inside the result document.
 */
const TARGET_TILES = 36;

/** Starting a container costs about half a second: more tiles only where they are much work. */
const LEAST_CONTAINER_TILES = 4;
/** Camera paths that take a container about as long as its start. */
const PATHS_PER_CONTAINER = 350_000;

/** The tiles of a scene's picture, which are the items of its bag, for the engine that renders it. */
export function tilesOf(
  { width, height, samples }: Pick<Scene, "width" | "height" | "samples">,
  engine: "wasm" | "oci",
): Tile[] {
  if (engine === "wasm") return splitTiles(width, height);
  const work = Math.ceil((width * height * samples) / PATHS_PER_CONTAINER);
  return splitTiles(width, height, clamp(work, LEAST_CONTAINER_TILES, TARGET_TILES));
}

/** Splits a picture into at most `target` (36) nearly square tiles, in rows from the top. */
export function splitTiles(width: number, height: number, target = TARGET_TILES): Tile[] {
  const columns = clamp(
    Math.round(Math.sqrt((target * width) / height)),
    1,
    Math.min(target, width),
  );
  const rows = clamp(Math.floor(target / columns), 1, height);
  const tiles: Tile[] = [];
  for (let row = 0; row < rows; row++) {
    const y = Math.floor((row * height) / rows);
    const bottom = Math.floor(((row + 1) * height) / rows);
    for (let column = 0; column < columns; column++) {
      const x = Math.floor((column * width) / columns);
      const right = Math.floor(((column + 1) * width) / columns);
      tiles.push({ index: tiles.length, x, y, width: right - x, height: bottom - y });
    }
  }
  return tiles;
}

/** The bag item of a tile: canonical JSON (RFC 8785), which for integers is sorted keys. */
export function encodeTile({ height, index, width, x, y }: Tile): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ height, index, width, x, y }));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
