import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathTracer } from "@deco-network/examples";
import type { Execution, PreparedProgram } from "@deco-network/executor";
import { createWasmEngine } from "@deco-network/executor/wasm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PICTURE_DIGESTS } from "../../packages/examples/test/path-tracer/vectors.ts";

// The path tracer in the real sandbox: metered, with the limits that its job asks for.

/** Where the module is stored does not matter to the engine. */
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

const signal = AbortSignal.timeout(300_000);
let folder = "";
let prepared: PreparedProgram | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-path-tracer-"));
});
afterEach(async () => {
  await prepared?.close();
  prepared = undefined;
  await rm(folder, { recursive: true });
});

interface ItemRun {
  readonly execution: Extract<Execution, { kind: "completed" }>;
  readonly tile: Uint8Array | undefined;
}

/** Prepares a job's module and input, as an executor would. */
async function prepare(job: pathTracer.PathTracerJob): Promise<PreparedProgram> {
  const artifactPath = join(folder, "module.wasm");
  const inputFolder = join(folder, "in");
  const workFolder = join(folder, "work");
  await mkdir(inputFolder);
  await mkdir(workFolder);
  await writeFile(artifactPath, job.moduleBytes);
  for (const [name, bytes] of job.inputFiles) await writeFile(join(inputFolder, name), bytes);
  const program = pathTracer.buildProgram(job.programTemplate, ANY_CID);
  const spec = { program, artifactPath, inputFolder, workFolder };
  prepared = await createWasmEngine().prepare(spec, signal);
  return prepared;
}

async function runItem(
  program: PreparedProgram,
  index: number,
  bytes: Uint8Array,
): Promise<ItemRun> {
  const outputFolder = join(folder, `out-${index}`);
  await mkdir(outputFolder);
  const execution = await program.run({ item: { index, bytes }, outputFolder }, signal);
  if (execution.kind !== "completed") return expect.unreachable(execution.detail);
  const names = await readdir(outputFolder);
  const tile = names.length === 0 ? undefined : await readFile(join(outputFolder, names[0] ?? ""));
  return { execution, tile };
}

describe("path tracer in the wasm engine", () => {
  it.each(["threeSpheres", "cornell"] as const)(
    "renders %s within its limits",
    {
      timeout: 300_000,
    },
    async (name) => {
      const scene = await pathTracer.loadScene(pathTracer.scenes[name]);
      const job = await pathTracer.prepareJob(scene);
      const { limits } = job.programTemplate;
      const program = await prepare(job);
      const outputs = new Map<number, Uint8Array>();
      for (const [index, bytes] of job.items.entries()) {
        const { execution, tile } = await runItem(program, index, bytes);
        expect(execution).toMatchObject({ exitCode: 0, outputBytes: tile?.length });
        expect(execution.fault).toBeUndefined();
        // At least half of each limit is margin.
        const { fuelUsed, peakMemoryBytes } = execution.measurements;
        expect(fuelUsed).toBeLessThan(BigInt(limits.fuel) / 2n);
        expect(peakMemoryBytes).toBeLessThan(limits.memoryBytes / 2);
        if (tile) outputs.set(index, tile);
      }
      const pixels = pathTracer.assemblePixels(scene, outputs);
      expect(pathTracer.pixelDigest(pixels)).toBe(PICTURE_DIGESTS[name]);
    },
  );

  it("has fuel enough for a closed white room full of boxes that are just missed", {
    timeout: 300_000,
  }, async () => {
    const white = { type: "diffuse", color: [1, 1, 1], checker: { color: [1, 1, 1], size: 0.3 } };
    const boxes = Array.from({ length: 100 }, (_, index) => ({
      type: "box",
      material: "white",
      center: [(index % 7) - 2.7, ((index * 3) % 5) - 2, -3 - (index % 4)],
      size: [0.5, 0.5, 0.5],
      rotateY: index,
    }));
    const scene = pathTracer.parseScene(
      JSON.stringify({
        ...{ width: 16, height: 16, samples: 8 },
        camera: { position: [0, 0, 5], lookAt: [0, 0.1, 0], verticalFov: 60, aperture: 0.1 },
        materials: { white, lamp: { type: "emissive", color: [1, 1, 1] } },
        objects: [
          { type: "sphere", material: "white", center: [0, 0, 0], radius: 10 },
          { type: "sphere", material: "lamp", center: [0, 8, 0], radius: 0.05 },
          ...boxes,
        ],
      }),
    );
    const job = await pathTracer.prepareJob(scene);
    const program = await prepare(job);
    for (const [index, bytes] of job.items.entries()) {
      const { execution } = await runItem(program, index, bytes);
      expect(execution).toMatchObject({ exitCode: 0 });
    }
  });

  it("gives a scene fault as the program's result, not as the machine's", async () => {
    const job = await pathTracer.prepareJob(
      await pathTracer.loadScene(pathTracer.scenes.threeSpheres),
    );
    job.inputFiles.set("scene.json", new TextEncoder().encode('{"width":160}'));
    const program = await prepare(job);
    const { execution, tile } = await runItem(program, 0, job.items[0] as Uint8Array);
    expect(execution).toMatchObject({ exitCode: 3, outputBytes: 0 });
    expect(new TextDecoder().decode(execution.stderr)).toContain("scene.json: height: ");
    expect(tile).toBeUndefined();
  });
});
