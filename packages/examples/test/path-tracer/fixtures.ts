import { readFile } from "node:fs/promises";
import { readModule } from "../../src/path-tracer/module-file.ts";

/** A scene as plain data, free to be spoilt by a test. */
// biome-ignore lint/suspicious/noExplicitAny: tests put wrong types in on purpose.
type LooseScene = any;

/** The default scene, changed by `edit`, as the text of a file. */
export async function sceneText(edit: (scene: LooseScene) => void = () => {}): Promise<string> {
  const file = new URL("../../src/path-tracer/scenes/cornell.json", import.meta.url);
  const scene: LooseScene = JSON.parse(await readFile(file, "utf8"));
  edit(scene);
  return JSON.stringify(scene);
}

/** The default scene as a picture that takes milliseconds. */
export async function quickSceneText(
  edit: (scene: LooseScene) => void = () => {},
): Promise<string> {
  return sceneText((scene) => {
    scene.width = 32;
    scene.height = 24;
    scene.samples = 4;
    edit(scene);
  });
}

export async function compiledModule(): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(Buffer.from(await readModule()));
}

/** Faults that both the schema and the module must find, with the path that both must name. */
export const SCENE_FAULTS: readonly {
  readonly code: string;
  readonly path: string;
  readonly edit: (scene: LooseScene) => void;
}[] = [
  { code: "field-missing", path: "width", edit: (s) => delete s.width },
  { code: "field-missing", path: "camera", edit: (s) => delete s.camera },
  { code: "field-missing", path: "objects[7].radius", edit: (s) => delete s.objects[7].radius },
  { code: "field-missing", path: "objects[3].type", edit: (s) => delete s.objects[3].type },
  { code: "field-unknown", path: "colour", edit: (s) => (s.colour = 1) },
  { code: "field-unknown", path: "objects[7].size", edit: (s) => (s.objects[7].size = 1) },
  { code: "field-unknown", path: "materials.red.fuzz", edit: (s) => (s.materials.red.fuzz = 0) },
  { code: "field-invalid", path: "samples", edit: (s) => (s.samples = 1.5) },
  { code: "field-invalid", path: "seed", edit: (s) => (s.seed = "1") },
  { code: "field-invalid", path: "camera.position[2]", edit: (s) => (s.camera.position[2] = null) },
  { code: "field-invalid", path: "objects", edit: (s) => (s.objects = {}) },
  { code: "field-invalid", path: "materials", edit: (s) => (s.materials = []) },
  { code: "field-out-of-range", path: "height", edit: (s) => (s.height = 7) },
  { code: "field-out-of-range", path: "width", edit: (s) => (s.width = 2049) },
  { code: "field-out-of-range", path: "maxBounces", edit: (s) => (s.maxBounces = 33) },
  { code: "field-out-of-range", path: "objects", edit: (s) => (s.objects = []) },
  {
    code: "field-out-of-range",
    path: "objects[7].radius",
    edit: (s) => (s.objects[7].radius = -1),
  },
  { code: "field-out-of-range", path: "camera.lookAt", edit: (s) => (s.camera.lookAt = [0, 1]) },
  {
    code: "field-out-of-range",
    path: "materials.red.color[1]",
    edit: (s) => (s.materials.red.color[1] = 1.01),
  },
  { code: "type-unknown", path: "objects[3].type", edit: (s) => (s.objects[3].type = "cube") },
  { code: "type-unknown", path: "materials.red.type", edit: (s) => (s.materials.red.type = "ink") },
  {
    code: "material-unknown",
    path: "objects[2].material",
    edit: (s) => (s.objects[2].material = "wood"),
  },
  { code: "direction-zero", path: "camera.up", edit: (s) => (s.camera.up = [0, 0, 0]) },
  {
    code: "shape-degenerate",
    path: "objects[0]",
    edit: (s) => (s.objects[0].v = s.objects[0].u),
  },
  {
    code: "camera-degenerate",
    path: "camera.lookAt",
    edit: (s) => (s.camera.lookAt = s.camera.position),
  },
  {
    code: "camera-degenerate",
    path: "camera.up",
    edit: (s) => {
      s.camera.lookAt = [0, 0, 0];
      s.camera.position = [0, 5, 0];
    },
  },
  {
    code: "picture-too-costly",
    path: "samples",
    edit: (s) => Object.assign(s, { width: 2048, height: 2048, samples: 120 }),
  },
];
