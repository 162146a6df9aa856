import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";

import { pathTracer } from "@deco-network/examples";
import type { PreparedProgram } from "@deco-network/executor";
import { createWasmEngine } from "@deco-network/executor/wasm";

import { type Figure, median, timed } from "../figures.ts";

/** Where the module is stored does not matter to the engine. */
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const TILES = 8;
const SIGNAL = AbortSignal.timeout(600_000);

/**
 * A tile of a picture in the sandbox (metered, bounded, on a thread of its own) beside the same module instantiated
 * directly with Node's own WASI, in turns; and what a run costs that computes next to nothing.
 */
export async function wasm(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "deco-bench-"));
  const scene = await pathTracer.loadScene(pathTracer.scenes.threeSpheres);
  const job = await pathTracer.prepareJob(scene);
  const prepared = await prepare(folder, job);
  try {
    const module = await WebAssembly.compile(new Uint8Array(job.moduleBytes));
    const sandboxed: number[] = [];
    const direct: number[] = [];
    for (const [index, bytes] of job.items.slice(0, TILES).entries()) {
      sandboxed.push(await timed(() => inSandbox(prepared, folder, index, bytes)));
      direct.push(await timed(() => directly(module, folder, index, bytes)));
    }
    const [ours, bare] = [median(sandboxed), median(direct)];
    const of = `a tile, ${TILES} of them: ${ours.toFixed(0)} ms over ${bare.toFixed(0)} ms direct`;
    return [{ name: "wasm over direct", value: ours / bare, unit: "ratio", of }];
  } finally {
    await prepared.close();
    await rm(folder, { recursive: true });
  }
}

async function prepare(folder: string, job: pathTracer.PathTracerJob): Promise<PreparedProgram> {
  const artifactPath = join(folder, "module.wasm");
  const [inputFolder, workFolder] = [join(folder, "in"), join(folder, "work")];
  await mkdir(inputFolder);
  await mkdir(workFolder);
  await writeFile(artifactPath, job.moduleBytes);
  for (const [name, bytes] of job.inputFiles) await writeFile(join(inputFolder, name), bytes);
  const program = pathTracer.buildProgram(job.programTemplate, ANY_CID);
  const spec = { program, artifactPath, inputFolder, workFolder };
  return await createWasmEngine().prepare(spec, SIGNAL);
}

async function inSandbox(
  prepared: PreparedProgram,
  folder: string,
  index: number,
  bytes: Uint8Array,
): Promise<void> {
  const outputFolder = join(folder, `sandboxed-${index}`);
  await mkdir(outputFolder);
  const execution = await prepared.run({ item: { index, bytes }, outputFolder }, SIGNAL);
  if (execution.kind !== "completed" || execution.exitCode !== 0) {
    throw new RangeError(`the tile was not rendered: ${JSON.stringify(execution.kind)}`);
  }
}

async function directly(
  module: WebAssembly.Module,
  folder: string,
  index: number,
  bytes: Uint8Array,
): Promise<void> {
  const root = join(folder, `direct-${index}`);
  const output = join(root, "out");
  await mkdir(output, { recursive: true });
  await writeFile(join(root, "item"), bytes);
  const wasi = new WASI({
    version: "preview1",
    args: ["path-tracer"],
    env: { DECO_ITEM_INDEX: String(index) },
    preopens: { "/in": join(folder, "in"), "/out": output, "/": root },
  });
  const imports = wasi.getImportObject() as WebAssembly.Imports;
  const code = wasi.start(await WebAssembly.instantiate(module, imports));
  if (code !== 0) throw new RangeError(`the tile was not rendered: exit code ${code}`);
}
