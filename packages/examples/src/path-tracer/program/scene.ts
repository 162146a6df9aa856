// Reads scene and tile from parsed JSON. The rules are those of the TypeScript schema, checked
// again here because a module must not trust its input.

import { ARRAY, Json, NUMBER, OBJECT, STRING } from "./json";
import { BOX, QUAD, Shape, TRIANGLE, Vec } from "./shapes";
import { EXIT_SCENE, EXIT_TILE, fail } from "./wasi";

export const DIFFUSE: i32 = 0;
export const GLOSSY: i32 = 1;
export const METAL: i32 = 2;
export const GLASS: i32 = 3;
export const EMISSIVE: i32 = 4;

const MAX_SIZE: f64 = 2048;
const MAX_SAMPLES: f64 = 4096;
const MAX_BOUNCES: f64 = 32;
const MAX_WORK: f64 = 500000000;
const MAX_COORDINATE: f64 = 1000000;
const MAX_RADIANCE: f64 = 10000;
const MAX_OBJECTS: i32 = 512;
const MAX_MATERIALS: i32 = 128;
const DEGREE: f64 = 0.017453292519943295;
/** Below this squared length a vector has no usable direction. */
const MIN_LENGTH2: f64 = 1e-18;

@final
export class Material {
  color: Vec = new Vec(0, 0, 0);
  /** Second colour of a checkerboard and the edge of its squares; 0 for a plain colour. */
  checkerColor: Vec = new Vec(0, 0, 0);
  checkerSize: f64 = 0;
  fuzz: f64 = 0;
  ior: f64 = 1.5;

  constructor(public kind: i32) {}
}

@final
export class Camera {
  /** Vector from the lens to the middle of the focal plane, and half that plane's edges. */
  forward: Vec = new Vec(0, 0, 0);
  halfRight: Vec = new Vec(0, 0, 0);
  halfUp: Vec = new Vec(0, 0, 0);
  /** Half axes of the lens; zero for a pinhole. */
  lensRight: Vec = new Vec(0, 0, 0);
  lensUp: Vec = new Vec(0, 0, 0);

  constructor(public position: Vec) {}
}

@final
export class Scene {
  width: i32 = 0;
  height: i32 = 0;
  samples: i32 = 0;
  maxBounces: i32 = 0;
  seed: u32 = 0;
  exposure: f64 = 1;
  horizon: Vec = new Vec(0, 0, 0);
  zenith: Vec = new Vec(0, 0, 0);
  camera: Camera = new Camera(new Vec(0, 0, 0));
  materials: StaticArray<Material> = new StaticArray<Material>(0);
  shapes: StaticArray<Shape> = new StaticArray<Shape>(0);
  /** The shapes that are sampled as lamps. */
  lamps: StaticArray<Shape> = new StaticArray<Shape>(0);
}

@final
export class Tile {
  constructor(
    public x: i32,
    public y: i32,
    public width: i32,
    public height: i32,
  ) {}
}

let file = "scene.json";
let exitCode = EXIT_SCENE;

function invalid(path: string, what: string): void {
  fail(exitCode, file + ": " + (path.length > 0 ? path : "(top)") + ": " + what);
}

function join(path: string, key: string): string {
  return path.length > 0 ? path + "." + key : key;
}

/** Refuses what is no object, and keys outside the space-separated list `known`. */
function checkObject(value: Json, path: string, known: string): void {
  if (value.kind != OBJECT) invalid(path, "must be an object");
  const names = known.split(" ");
  for (let i = 0; i < value.keys.length; i++) {
    if (!names.includes(value.keys[i])) invalid(join(path, value.keys[i]), "unknown field");
  }
}

function field(parent: Json, path: string, key: string): Json {
  const value = parent.get(key);
  if (value == null) {
    invalid(join(path, key), "is missing");
    return parent;
  }
  return value;
}

function numberIn(value: Json, path: string, least: f64, most: f64): f64 {
  if (value.kind != NUMBER) invalid(path, "must be a number");
  if (!(value.number >= least && value.number <= most)) invalid(path, "is out of range");
  return value.number;
}

function readNumber(parent: Json, path: string, key: string, least: f64, most: f64): f64 {
  return numberIn(field(parent, path, key), join(path, key), least, most);
}

function optionalNumber(
  parent: Json,
  path: string,
  key: string,
  fallback: f64,
  least: f64,
  most: f64,
): f64 {
  return parent.get(key) == null ? fallback : readNumber(parent, path, key, least, most);
}

function asInteger(value: f64, path: string): u32 {
  if (value != Math.floor(value)) invalid(path, "must be an integer");
  return <u32>value;
}

function readVec(parent: Json, path: string, key: string, least: f64, most: f64): Vec {
  const value = field(parent, path, key);
  const at = join(path, key);
  if (value.kind != ARRAY || value.items.length != 3) invalid(at, "must be three numbers");
  return new Vec(
    numberIn(value.items[0], at + "[0]", least, most),
    numberIn(value.items[1], at + "[1]", least, most),
    numberIn(value.items[2], at + "[2]", least, most),
  );
}

function readPoint(parent: Json, path: string, key: string): Vec {
  return readVec(parent, path, key, -MAX_COORDINATE, MAX_COORDINATE);
}

function readDirection(parent: Json, path: string, key: string): Vec {
  const v = readPoint(parent, path, key);
  if (v.dot(v) < MIN_LENGTH2) invalid(join(path, key), "must not be zero");
  return v;
}

function readText(parent: Json, path: string, key: string): string {
  const value = field(parent, path, key);
  if (value.kind != STRING) invalid(join(path, key), "must be a string");
  return value.text;
}

function readMaterial(value: Json, path: string): Material {
  if (value.kind != OBJECT) invalid(path, "must be an object");
  const type = readText(value, path, "type");
  const material = new Material(DIFFUSE);
  let most: f64 = 1;
  if (type == "diffuse") {
    checkObject(value, path, "type color checker");
    const checker = value.get("checker");
    if (checker != null) {
      const at = join(path, "checker");
      checkObject(checker, at, "color size");
      material.checkerColor = readVec(checker, at, "color", 0, 1);
      material.checkerSize = readNumber(checker, at, "size", 0.0001, MAX_COORDINATE);
    }
  } else if (type == "glossy") {
    material.kind = GLOSSY;
    checkObject(value, path, "type color ior");
    material.ior = optionalNumber(value, path, "ior", 1.5, 1, 3);
  } else if (type == "metal") {
    material.kind = METAL;
    checkObject(value, path, "type color fuzz");
    material.fuzz = optionalNumber(value, path, "fuzz", 0, 0, 1);
  } else if (type == "glass") {
    material.kind = GLASS;
    checkObject(value, path, "type color ior");
    material.ior = optionalNumber(value, path, "ior", 1.5, 1, 3);
    material.color = new Vec(1, 1, 1);
    if (value.get("color") == null) return material;
  } else if (type == "emissive") {
    material.kind = EMISSIVE;
    checkObject(value, path, "type color");
    most = MAX_RADIANCE;
  } else {
    invalid(join(path, "type"), "must be diffuse, glossy, metal, glass or emissive");
  }
  material.color = readVec(value, path, "color", 0, most);
  return material;
}

function readShape(value: Json, path: string): Shape {
  if (value.kind != OBJECT) invalid(path, "must be an object");
  const type = readText(value, path, "type");
  if (type == "sphere") {
    checkObject(value, path, "type material center radius");
    const center = readPoint(value, path, "center");
    return Shape.sphere(center, readNumber(value, path, "radius", 0.0001, MAX_COORDINATE));
  }
  if (type == "plane") {
    checkObject(value, path, "type material point normal");
    return Shape.plane(readPoint(value, path, "point"), readDirection(value, path, "normal"));
  }
  if (type == "quad") {
    checkObject(value, path, "type material corner u v");
    const corner = readPoint(value, path, "corner");
    const u = readDirection(value, path, "u");
    const v = readDirection(value, path, "v");
    checkSpan(u, v, path);
    return Shape.facet(QUAD, corner, u, v);
  }
  if (type == "triangle") {
    checkObject(value, path, "type material a b c");
    const a = readPoint(value, path, "a");
    const u = readPoint(value, path, "b").minus(a);
    const v = readPoint(value, path, "c").minus(a);
    checkSpan(u, v, path);
    return Shape.facet(TRIANGLE, a, u, v);
  }
  if (type == "box") {
    checkObject(value, path, "type material center size rotateY");
    const center = readPoint(value, path, "center");
    const half = readVec(value, path, "size", 0.0001, MAX_COORDINATE).scaled(0.5);
    const angle = DEGREE * optionalNumber(value, path, "rotateY", 0, -360, 360);
    return Shape.box(center, half, Math.cos(angle), Math.sin(angle));
  }
  invalid(join(path, "type"), "must be sphere, plane, quad, triangle or box");
  return new Shape(BOX);
}

/** The edges of a quad or triangle must span a surface. */
function checkSpan(u: Vec, v: Vec, path: string): void {
  const n = u.cross(v);
  if (n.dot(n) < MIN_LENGTH2) invalid(path, "has no surface");
}

function readCamera(value: Json, aspect: f64): Camera {
  const path = "camera";
  checkObject(value, path, "position lookAt up verticalFov aperture focusDistance");
  const camera = new Camera(readPoint(value, path, "position"));
  const view = readPoint(value, path, "lookAt").minus(camera.position);
  if (view.dot(view) < MIN_LENGTH2) invalid("camera.lookAt", "must differ from the position");
  const up = value.get("up") == null ? new Vec(0, 1, 0) : readDirection(value, path, "up");
  const side = view.unit.cross(up.unit);
  if (side.dot(side) < 1e-12) invalid("camera.up", "must not point along the view");
  const right = side.unit;
  const upward = right.cross(view.unit);
  const fov = readNumber(value, path, "verticalFov", 1, 170) * DEGREE;
  const aperture = optionalNumber(value, path, "aperture", 0, 0, MAX_COORDINATE);
  const distance = optionalNumber(
    value,
    path,
    "focusDistance",
    view.length,
    0.0001,
    MAX_COORDINATE,
  );
  const halfHeight = distance * Math.tan(0.5 * fov);
  camera.forward = view.unit.scaled(distance);
  camera.halfRight = right.scaled(halfHeight * aspect);
  camera.halfUp = upward.scaled(halfHeight);
  camera.lensRight = right.scaled(0.5 * aperture);
  camera.lensUp = upward.scaled(0.5 * aperture);
  return camera;
}

/** Checks and converts a scene; ends the program with exit code 3 and the path of the fault. */
export function readScene(root: Json): Scene {
  file = "scene.json";
  exitCode = EXIT_SCENE;
  checkObject(
    root,
    "",
    "width height samples maxBounces seed exposure camera background materials objects",
  );
  const scene = new Scene();
  scene.width = asInteger(readNumber(root, "", "width", 8, MAX_SIZE), "width");
  scene.height = asInteger(readNumber(root, "", "height", 8, MAX_SIZE), "height");
  scene.samples = asInteger(readNumber(root, "", "samples", 1, MAX_SAMPLES), "samples");
  if (<f64>scene.width * <f64>scene.height * <f64>scene.samples > MAX_WORK) {
    invalid("samples", "is too many for a picture of this size");
  }
  scene.maxBounces = asInteger(
    optionalNumber(root, "", "maxBounces", 8, 1, MAX_BOUNCES),
    "maxBounces",
  );
  scene.seed = asInteger(optionalNumber(root, "", "seed", 0, 0, 4294967295), "seed");
  scene.exposure = optionalNumber(root, "", "exposure", 1, 0.001, 1000);
  scene.camera = readCamera(field(root, "", "camera"), <f64>scene.width / <f64>scene.height);
  const sky = root.get("background");
  if (sky != null) {
    checkObject(sky, "background", "horizon zenith");
    scene.horizon = readVec(sky, "background", "horizon", 0, MAX_RADIANCE);
    scene.zenith = readVec(sky, "background", "zenith", 0, MAX_RADIANCE);
  }
  readObjects(root, scene);
  return scene;
}

function readObjects(root: Json, scene: Scene): void {
  const materials = field(root, "", "materials");
  if (materials.kind != OBJECT) invalid("materials", "must be an object");
  const materialCount = materials.keys.length;
  if (materialCount > MAX_MATERIALS) invalid("materials", "are too many");
  scene.materials = new StaticArray<Material>(materialCount);
  for (let i = 0; i < materialCount; i++) {
    scene.materials[i] = readMaterial(materials.items[i], "materials." + materials.keys[i]);
  }

  const objects = field(root, "", "objects");
  if (objects.kind != ARRAY) invalid("objects", "must be a list");
  const count = objects.items.length;
  if (count == 0 || count > MAX_OBJECTS) invalid("objects", "must be 1 to 512");
  const lamps: Array<Shape> = [];
  scene.shapes = new StaticArray<Shape>(count);
  for (let i = 0; i < count; i++) {
    const path = "objects[" + i.toString() + "]";
    const shape = readShape(objects.items[i], path);
    shape.material = materials.keys.indexOf(readText(objects.items[i], path, "material"));
    if (shape.material < 0) invalid(join(path, "material"), "names no material of the scene");
    const emits = scene.materials[shape.material].kind == EMISSIVE;
    // Planes are endless and boxes have six sides: their light is found by chance alone.
    shape.lamp = emits && shape.kind != BOX && (shape.area > 0 || shape.radius > 0);
    if (shape.lamp) lamps.push(shape);
    scene.shapes[i] = shape;
  }
  scene.lamps = StaticArray.fromArray<Shape>(lamps);
}

/** Checks and converts a tile of the scene; ends the program with exit code 4. */
export function readTile(root: Json, scene: Scene): Tile {
  file = "item";
  exitCode = EXIT_TILE;
  checkObject(root, "", "height index width x y");
  const x = asInteger(readNumber(root, "", "x", 0, scene.width - 1), "x");
  const y = asInteger(readNumber(root, "", "y", 0, scene.height - 1), "y");
  const width = asInteger(readNumber(root, "", "width", 1, scene.width - <i32>x), "width");
  const height = asInteger(readNumber(root, "", "height", 1, scene.height - <i32>y), "height");
  asInteger(optionalNumber(root, "", "index", 0, 0, 1048575), "index");
  return new Tile(x, y, width, height);
}
