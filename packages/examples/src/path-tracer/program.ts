import type { ProgramDocument } from "@deco-network/sdk";
import type { Scene } from "./scene.ts";
import { tilesOf } from "./tiles.ts";

/** The complete program document. */
export type PathTracerProgram = Extract<ProgramDocument, { engine: "wasm" }>;

/** The program document but for its module's CID. */
export type ProgramTemplate = Omit<PathTracerProgram, "module">;

// Upper bounds in the executor's fuel (docs/WASM.md), measured on scenes made to be costly: closed
// white rooms, rays that just miss, two lamps, the largest scene file. Pictures use a quarter.
const FUEL_PER_SHAPE = { sphere: 100, plane: 110, quad: 150, triangle: 150, box: 200 } as const;
const FUEL_PER_BOUNCE = 3_000;
const FUEL_PER_PIXEL = 3_000;
const FUEL_TO_START = 150_000_000;

/** A fiftieth of what this runs at on an idle desktop machine. */
const SLOWEST_FUEL_PER_SECOND = 200_000_000;
const MIN_WALL_SECONDS = 30;

/** Measured: 0.5 MiB for the default scene, 8.5 MiB for 512 objects with every digit given. */
const MEMORY_BYTES = 32 << 20;

/** Beside the module's memory: the process, its page cache and the runtime's own needs. */
const CONTAINER_MEMORY_BYTES = 32 << 20;

/** The program that renders one tile of `scene` per bag item, with limits that it cannot reach. */
export function programTemplate(scene: Scene): ProgramTemplate {
  const { fuel, outputBytes, wallSeconds } = needsOf(scene, "wasm");
  return {
    deco: "program/1",
    engine: "wasm",
    command: ["path-tracer"],
    env: {},
    limits: {
      ...{ memoryBytes: MEMORY_BYTES, outputBytes, stdoutBytes: 0, wallSeconds },
      fuel: String(fuel),
    },
    network: "none",
    stdout: false,
  };
}

/** The same tile rendered by the container: its process needs little besides the module's memory. */
export type ContainerProgram = Extract<ProgramDocument, { engine: "oci" }>;

/** The program document of the container but for its image. */
export type ContainerTemplate = Omit<ContainerProgram, "image">;

/** The container that renders one tile of `scene` per bag item. */
export function containerTemplate(scene: Scene): ContainerTemplate {
  const { outputBytes, wallSeconds } = needsOf(scene, "oci");
  return {
    deco: "program/1",
    engine: "oci",
    command: ["/app/path-tracer"],
    env: {},
    limits: {
      ...{ memoryBytes: MEMORY_BYTES + CONTAINER_MEMORY_BYTES, outputBytes, wallSeconds },
      ...{ stdoutBytes: 0, cpuMillis: 1_000, pids: 4, diskBytes: 0 },
    },
    network: "none",
    stdout: false,
  };
}

/** What the costliest tile of a scene may need. */
function needsOf(scene: Scene, engine: "wasm" | "oci") {
  const pixels = Math.max(...tilesOf(scene, engine).map((tile) => tile.width * tile.height));
  const fuel =
    FUEL_TO_START +
    pixels * (FUEL_PER_PIXEL + scene.samples * (scene.maxBounces + 1) * fuelPerBounce(scene));
  const wallSeconds = Math.max(MIN_WALL_SECONDS, Math.ceil(fuel / SLOWEST_FUEL_PER_SECOND));
  return { fuel, wallSeconds, outputBytes: pixels * 3 };
}

/** A ray to the next surface and, if there are lamps, one to a lamp; each meets every shape. */
function fuelPerBounce({ objects, materials }: Scene): number {
  const lit = objects.some(({ material }) => materials[material]?.type === "emissive");
  const shapes = objects.reduce((sum, { type }) => sum + FUEL_PER_SHAPE[type], 0);
  return FUEL_PER_BOUNCE + (lit ? 2 : 1) * shapes;
}

/** The container's program document, given the CID under which the archive was stored. */
export function buildContainerProgram(
  template: ContainerTemplate,
  image: { readonly archive: string; readonly id: string },
): ContainerProgram {
  return { ...template, image };
}

/** The program document, given the CID under which the module was stored. */
export function buildProgram(template: ProgramTemplate, module: string): PathTracerProgram {
  return { ...template, module };
}
