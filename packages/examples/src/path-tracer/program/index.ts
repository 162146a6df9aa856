// Monte-Carlo path tracer as a WASI command: reads /in/scene.json and the tile in /item (the
// whole picture when there is no item), writes /out/tile.rgb.

import { parseJson } from "./json";
import { render } from "./render";
import { readScene, readTile, Tile } from "./scene";
import { EXIT_FILE, fail, readFile, writeFile } from "./wasi";

const SCENE_LIMIT: i32 = 1 << 20;
const ITEM_LIMIT: i32 = 4096;

function main(): void {
  const sceneFile = readFile("/in", "scene.json", SCENE_LIMIT);
  if (sceneFile == null) {
    fail(EXIT_FILE, "there is no file /in/scene.json");
    return;
  }
  const scene = readScene(parseJson("scene.json", sceneFile));
  const item = readFile("/", "item", ITEM_LIMIT);
  const tile =
    item == null
      ? new Tile(0, 0, scene.width, scene.height)
      : readTile(parseJson("item", item), scene);
  const length = tile.width * tile.height * 3;
  const pixels = heap.alloc(length);
  render(scene, tile, pixels);
  writeFile("/out", "tile.rgb", pixels, length);
}

main();
