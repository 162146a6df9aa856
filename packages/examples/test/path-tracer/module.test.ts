import { beforeAll, describe, expect, it } from "vitest";
import {
  assemblePixels,
  loadScene,
  pixelDigest,
  prepareJob,
  scenes,
  splitTiles,
  TILE_FILE,
} from "../../src/path-tracer/index.ts";
import { compiledModule, quickSceneText, SCENE_FAULTS, sceneText } from "./fixtures.ts";
import { PICTURE_DIGESTS } from "./vectors.ts";
import { runModule } from "./wasi-host.ts";

const OUTPUT = `/out/${TILE_FILE}`;

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await compiledModule();
});

function render(scene: string, item?: string): Uint8Array {
  const inputs = { "/in/scene.json": scene, ...(item === undefined ? {} : { "/item": item }) };
  const { exitCode, stderr, files } = runModule(module, inputs);
  expect({ exitCode, stderr, files: [...files.keys()] }).toEqual({
    exitCode: 0,
    stderr: "",
    files: [OUTPUT],
  });
  return files.get(OUTPUT) as Uint8Array;
}

describe("pictures", () => {
  it.each([
    ["cornell", scenes.cornell, PICTURE_DIGESTS.cornell],
    ["three-spheres", scenes.threeSpheres, PICTURE_DIGESTS.threeSpheres],
  ])("%s comes out to the last bit", { timeout: 120_000 }, async (_name, file, digest) => {
    const scene = await loadScene(file);
    const { items, inputFiles } = await prepareJob(scene);
    const sceneFile = inputFiles.get("scene.json") as Uint8Array;
    const outputs = new Map(
      items.map((item, index) => {
        const run = runModule(module, { "/in/scene.json": sceneFile, "/item": item });
        return [index, run.files.get(OUTPUT) as Uint8Array];
      }),
    );
    expect(pixelDigest(assemblePixels(scene, outputs))).toBe(digest);
  });

  it("does not depend on how it is split", async () => {
    const scene = await quickSceneText();
    const whole = render(scene);
    for (const count of [1, 5, 36, 300]) {
      const joined = new Uint8Array(whole.length);
      for (const tile of splitTiles(32, 24, count).reverse()) {
        const bytes = render(scene, JSON.stringify(tile));
        for (let row = 0; row < tile.height; row++) {
          const line = bytes.subarray(row * tile.width * 3, (row + 1) * tile.width * 3);
          joined.set(line, ((tile.y + row) * 32 + tile.x) * 3);
        }
      }
      expect(pixelDigest(joined)).toBe(pixelDigest(whole));
    }
  });

  it("depends on the seed", async () => {
    const other = await quickSceneText((scene) => (scene.seed = 2));
    expect(pixelDigest(render(other))).not.toBe(pixelDigest(render(await quickSceneText())));
  });

  it("takes defaults, escapes and every spelling of a number", async () => {
    const written = await quickSceneText((scene) => {
      scene.exposure = 1;
      scene.seed = 0;
      delete scene.background;
    });
    const brief = (
      await quickSceneText((scene) => {
        for (const name of ["seed", "exposure", "maxBounces", "background"]) delete scene[name];
      })
    )
      .replace('"samples":4', '"samples": 0.04e+2')
      .replace('"width":32', '\t"w\\u0069dth"\r\n: 320E-1');
    expect(pixelDigest(render(brief))).toBe(pixelDigest(render(written)));
  });

  it.each(["sphere", "plane", "quad", "triangle", "box"])("lights a room by a %s", async (type) => {
    const lamps: Record<string, object> = {
      sphere: { center: [0, 2.6, 0], radius: 0.2 },
      plane: { point: [0, 2.5, 0], normal: [0, -1, 0] },
      quad: { corner: [-1, 2.9, -1], u: [2, 0, 0], v: [0, 0, 2] },
      triangle: { a: [-1, 2.9, -1], b: [1, 2.9, -1], c: [0, 2.9, 1] },
      box: { center: [0, 2.8, 0], size: [1, 0.1, 1] },
    };
    const scene = await quickSceneText((s) => {
      s.objects[5] = { type, material: "lamp", ...lamps[type] };
      delete s.background;
    });
    const pixels = render(scene);
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    expect(mean).toBeGreaterThan(30);
  });
});

/** Expects that the module refuses its input: nothing written, and a message on stderr. */
function expectRefusal(inputs: Record<string, string>, exitCode: number, message: string): void {
  const run = runModule(module, inputs);
  expect(run).toMatchObject({ exitCode, files: new Map() });
  expect(run.stderr).toContain(message);
}

describe("refusals", () => {
  it.each(SCENE_FAULTS)("ends with 3 for $code at $path", async ({ path, edit }) => {
    expectRefusal({ "/in/scene.json": await sceneText(edit) }, 3, `scene.json: ${path}: `);
  });

  it.each([
    ["", "1:1"],
    ["{", "1:2"],
    ['{"width":240,}', "1:14"],
    ['{"width":1,\n"width":2}', "2:8"],
    ['{"a":01}', "1:7"],
    ['{"a":.5}', "1:6"],
    ['{"a":1.}', "1:8"],
    ['{"a":1e}', "1:8"],
    ['{"a":NaN}', "1:6"],
    ['{"a":tru}', "1:9"],
    ['{"a":"\n"}', "1:7"],
    ['{"a":"\\x"}', "1:9"],
    ['{"a":"\\u12g4"}', "1:11"],
    ['{"a":"b', "1:8"],
    ["{} {}", "1:4"],
    ["{'a':1}", "1:2"],
    ["[".repeat(100), "1:18"],
  ])("ends with 2 for the malformed %j", (text, place) => {
    expectRefusal({ "/in/scene.json": text }, 2, `scene.json:${place}: `);
  });

  it("ends with 5 without a scene", () => {
    expectRefusal({}, 5, "/in/scene.json");
  });

  it("ends with 5 for a scene above 1 MiB", () => {
    expectRefusal({ "/in/scene.json": " ".repeat((1 << 20) + 1) }, 5, "scene.json");
  });

  it.each([
    ['{"x":0,"y":0,"width":33,"height":1}', "width"],
    ['{"x":32,"y":0,"width":1,"height":1}', "x"],
    ['{"x":0,"y":20,"width":1,"height":5}', "height"],
    ['{"x":0,"y":0,"width":0,"height":1}', "width"],
    ['{"x":0.5,"y":0,"width":1,"height":1}', "x"],
    ['{"x":0,"y":0,"width":1}', "height"],
    ['{"x":0,"y":0,"width":1,"height":1,"z":0}', "z"],
    ['{"x":0,"y":0,"width":1,"height":1,"index":-1}', "index"],
  ])("ends with 4 for the item %s", async (item, path) => {
    const inputs = { "/in/scene.json": await quickSceneText(), "/item": item };
    expectRefusal(inputs, 4, `item: ${path}: `);
  });

  it("ends with 2 for a malformed item", async () => {
    expectRefusal({ "/in/scene.json": await quickSceneText(), "/item": "x" }, 2, "item:1:1: ");
  });
});
