export { assemble, assemblePixels, pixelDigest } from "./assemble.ts";
export {
  PathTracerError,
  SceneError,
  type SceneErrorCode,
  TileError,
  type TileErrorCode,
} from "./errors.ts";
export { loadScene, parseScene } from "./load-scene.ts";
export {
  type ContainerJob,
  type PathTracerJob,
  prepareContainerJob,
  prepareJob,
} from "./prepare-job.ts";
export {
  buildContainerProgram,
  buildProgram,
  type ContainerProgram,
  type ContainerTemplate,
  type PathTracerProgram,
  type ProgramTemplate,
} from "./program.ts";
export type { Scene } from "./scene.ts";
export { encodeTile, splitTiles, type Tile, tilesOf } from "./tiles.ts";

/** The scene that the demo renders, and a small one for trials. */
export const scenes = {
  cornell: new URL("./scenes/cornell.json", import.meta.url),
  threeSpheres: new URL("./scenes/three-spheres.json", import.meta.url),
} as const;

/** Path of the output file that each item writes. */
export const TILE_FILE = "tile.rgb";
