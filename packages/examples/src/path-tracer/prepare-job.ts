import { readModule } from "./module-file.ts";
import { type ProgramTemplate, programTemplate } from "./program.ts";
import type { Scene } from "./scene.ts";
import { encodeTile, splitTiles } from "./tiles.ts";

/** What a requester stores and posts to have a scene rendered. */
export interface PathTracerJob {
  /** The compiled program. */
  readonly moduleBytes: Uint8Array;
  /** Files of the input folder by name. */
  readonly inputFiles: Map<string, Uint8Array>;
  /** Bag items in order: one tile each. */
  readonly items: Uint8Array[];
  /** Complete it with `buildProgram` once the module's CID is known. */
  readonly programTemplate: ProgramTemplate;
}

/** Turns a checked scene into a bag of tiles and all that renders them. */
export async function prepareJob(scene: Scene): Promise<PathTracerJob> {
  return {
    moduleBytes: await readModule(),
    inputFiles: new Map([["scene.json", new TextEncoder().encode(JSON.stringify(scene))]]),
    items: splitTiles(scene.width, scene.height).map(encodeTile),
    programTemplate: programTemplate(scene),
  };
}
