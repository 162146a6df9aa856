import { readFile } from "node:fs/promises";

import { IMAGE_FILE, IMAGE_ID_FILE } from "./container/files.ts";
import { readModule } from "./module-file.ts";
import {
  type ContainerTemplate,
  containerTemplate,
  type ProgramTemplate,
  programTemplate,
} from "./program.ts";
import type { Scene } from "./scene.ts";
import { encodeTile, tilesOf } from "./tiles.ts";

/** What a scene gives, whatever renders it. */
interface SceneInput {
  /** Files of the input folder by name. */
  readonly inputFiles: Map<string, Uint8Array>;
  /** Bag items in order: one tile each. */
  readonly items: Uint8Array[];
}

/** What a requester stores and posts to have a scene rendered by the container. */
export interface ContainerJob extends SceneInput {
  /** Docker archive. */
  readonly archiveBytes: Uint8Array;
  /** Image id, as `sha256:` and hexadecimal digits. */
  readonly imageId: string;
  /** Complete it with `buildContainerProgram` once the archive's CID is known. */
  readonly programTemplate: ContainerTemplate;
}

/** What a requester stores and posts to have a scene rendered. */
export interface PathTracerJob extends SceneInput {
  /** The compiled program. */
  readonly moduleBytes: Uint8Array;
  /** Complete it with `buildProgram` once the module's CID is known. */
  readonly programTemplate: ProgramTemplate;
}

/** Turns a checked scene into a bag of tiles and all that renders them. */
export async function prepareJob(scene: Scene): Promise<PathTracerJob> {
  return {
    moduleBytes: await readModule(),
    ...sceneInput(scene, "wasm"),
    programTemplate: programTemplate(scene),
  };
}

/** The same for the container, which renders the same pixels in fewer, larger tiles. */
export async function prepareContainerJob(scene: Scene): Promise<ContainerJob> {
  return {
    archiveBytes: await readFile(IMAGE_FILE),
    imageId: (await readFile(IMAGE_ID_FILE, "utf8")).trim(),
    ...sceneInput(scene, "oci"),
    programTemplate: containerTemplate(scene),
  };
}

function sceneInput(scene: Scene, engine: "wasm" | "oci"): SceneInput {
  return {
    inputFiles: new Map([["scene.json", new TextEncoder().encode(JSON.stringify(scene))]]),
    items: tilesOf(scene, engine).map(encodeTile),
  };
}
