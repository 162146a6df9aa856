import { z } from "zod";

// The module checks the same rules (program/scene.ts); here they are found before anything is
// posted or paid, and explained.

/** Largest `width` × `height` × `samples`, in camera paths. */
const MAX_PATHS = 500_000_000;
/** Largest scene file, in bytes. */
export const MAX_SCENE_BYTES = 1 << 20;

const MAX_COORDINATE = 1_000_000;
const MAX_RADIANCE = 10_000;
const MIN_LENGTH = 0.0001;
/** Below this squared length a vector has no usable direction. */
const MIN_LENGTH_SQUARED = 1e-18;

type Triple = readonly [number, number, number];

// Each schema's message says what it expects: it becomes the remedy of a SceneError.

function number(least: number, most: number) {
  const error = `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

function integer(least: number, most: number) {
  const error = `an integer from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function triple(least: number, most: number) {
  const part = number(least, most);
  return z.tuple([part, part, part], { error: "a list of three numbers" });
}

function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const error = `an object with only the fields ${Object.keys(shape).join(", ")}`;
  return z.strictObject(shape, { error });
}

const point = triple(-MAX_COORDINATE, MAX_COORDINATE);
const direction = point.refine((v) => dot(v, v) >= MIN_LENGTH_SQUARED, {
  error: "a direction that is not [0, 0, 0]",
  params: { code: "direction-zero" },
});
const length = number(MIN_LENGTH, MAX_COORDINATE);
/** Linear reflectance of red, green and blue. */
const reflectance = triple(0, 1);
/** Linear radiance of red, green and blue. */
const radiance = triple(0, MAX_RADIANCE);

const diffuse = object({
  type: z.literal("diffuse"),
  color: reflectance,
  /** Second colour of a checkerboard in space, and the edge of its cells in scene units. */
  checker: object({ color: reflectance, size: length }).optional(),
});
/** Diffuse under a clear coat. */
const glossy = object({
  type: z.literal("glossy"),
  color: reflectance,
  ior: number(1, 3).default(1.5),
});
/** `fuzz`: 0 is a mirror, 1 is rough. */
const metal = object({
  type: z.literal("metal"),
  color: reflectance,
  fuzz: number(0, 1).default(0),
});
/** `color` is the share of light that passes each surface; `ior` the index of refraction. */
const glass = object({
  type: z.literal("glass"),
  color: reflectance.default([1, 1, 1]),
  ior: number(1, 3).default(1.5),
});
const emissive = object({ type: z.literal("emissive"), color: radiance });

const material = z.discriminatedUnion("type", [diffuse, glossy, metal, glass, emissive], {
  error: 'a "type" of diffuse, glossy, metal, glass or emissive',
});

const materialName = z.string({ error: "the name of one of the scene's materials" });

const sphere = object({
  type: z.literal("sphere"),
  material: materialName,
  center: point,
  radius: length,
});
/** Endless. */
const plane = object({
  type: z.literal("plane"),
  material: materialName,
  point,
  normal: direction,
});
/** Parallelogram with a corner and two edges. */
const quad = object({
  type: z.literal("quad"),
  material: materialName,
  corner: point,
  u: direction,
  v: direction,
});
const triangle = object({
  type: z.literal("triangle"),
  material: materialName,
  a: point,
  b: point,
  c: point,
});
/** `size` holds whole edges; `rotateY` turns around the vertical axis, in degrees. */
const box = object({
  type: z.literal("box"),
  material: materialName,
  center: point,
  size: triple(MIN_LENGTH, MAX_COORDINATE),
  rotateY: number(-360, 360).default(0),
});

const shape = z.discriminatedUnion("type", [sphere, plane, quad, triangle, box], {
  error: 'a "type" of sphere, plane, quad, triangle or box',
});

const camera = object({
  position: point,
  lookAt: point,
  up: direction.default([0, 1, 0]),
  /** Degrees from the lower to the upper edge of the picture. */
  verticalFov: number(1, 170),
  /** Diameter of the lens in scene units; 0 keeps everything sharp. */
  aperture: number(0, MAX_COORDINATE).default(0),
  /** Distance at which things are sharp; without it, that of `lookAt`. */
  focusDistance: length.optional(),
});

/** A scene file; README.md describes it for those who write one. */
export const sceneSchema = object({
  /** Pixels. */
  width: integer(8, 2048),
  height: integer(8, 2048),
  /** Paths per pixel; noise falls with it, powers of two serve best. */
  samples: integer(1, 4096),
  /** Surfaces that a path may touch. */
  maxBounces: integer(1, 32).default(8),
  /** Another seed gives the same picture with other noise. */
  seed: integer(0, 4_294_967_295).default(0),
  /** Factor on all light before the film response. */
  exposure: number(0.001, 1000).default(1),
  camera,
  /** Light from where nothing is hit: from the horizon (and below) to straight up. */
  background: object({ horizon: radiance, zenith: radiance }).default({
    horizon: [0, 0, 0],
    zenith: [0, 0, 0],
  }),
  materials: z
    .record(z.string(), material, { error: "an object that names materials" })
    .refine((all) => Object.keys(all).length <= 128, {
      error: "at most 128 materials",
      params: { code: "field-out-of-range" },
    }),
  objects: z
    .array(shape, { error: "a list of 1 to 512 objects" })
    .min(1, { error: "a list of 1 to 512 objects" })
    .max(512, { error: "a list of 1 to 512 objects" }),
}).superRefine((scene, context) => {
  const report = (code: string, path: (string | number)[], message: string): void => {
    context.addIssue({ code: "custom", params: { code }, path, message });
  };
  if (scene.width * scene.height * scene.samples > MAX_PATHS) {
    report("picture-too-costly", ["samples"], `width × height × samples at most ${MAX_PATHS}`);
  }
  checkCamera(scene.camera, report);
  for (const [index, item] of scene.objects.entries()) {
    if (!Object.hasOwn(scene.materials, item.material)) {
      const names = Object.keys(scene.materials).join(", ");
      report("material-unknown", ["objects", index, "material"], `one of ${names}`);
    }
    if (!hasSurface(item)) {
      report("shape-degenerate", ["objects", index], "edges that are not parallel or zero");
    }
  }
});

/** A checked scene, defaults filled in. */
export type Scene = z.infer<typeof sceneSchema>;

function checkCamera(
  { position, lookAt, up }: z.infer<typeof camera>,
  report: (code: string, path: string[], message: string) => void,
): void {
  const view = minus(lookAt, position);
  if (dot(view, view) < MIN_LENGTH_SQUARED) {
    report("camera-degenerate", ["camera", "lookAt"], "a point other than camera.position");
    return;
  }
  const side = cross(scaled(view, 1 / Math.hypot(...view)), scaled(up, 1 / Math.hypot(...up)));
  if (dot(side, side) < 1e-12) {
    report("camera-degenerate", ["camera", "up"], "a direction across the line of view");
  }
}

function hasSurface(item: z.infer<typeof shape>): boolean {
  if (item.type !== "quad" && item.type !== "triangle") return true;
  const normal =
    item.type === "quad"
      ? cross(item.u, item.v)
      : cross(minus(item.b, item.a), minus(item.c, item.a));
  return dot(normal, normal) >= MIN_LENGTH_SQUARED;
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: Triple, b: Triple): Triple {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function scaled(a: Triple, factor: number): Triple {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

function cross(a: Triple, b: Triple): Triple {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
