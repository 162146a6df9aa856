import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathTracer } from "@deco-network/examples";
import { createOciEngine } from "@deco-network/executor/oci";
import { expect, it } from "vitest";
import { PICTURE_DIGESTS } from "../../packages/examples/test/path-tracer/vectors.ts";

/** Where the archive is stored does not matter to the engine. */
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

const HOST = process.env["DOCKER_HOST"];

it.skipIf(HOST === undefined)(
  "renders in a container the very pixels of the wasm engine",
  { timeout: 300_000 },
  async () => {
    const signal = AbortSignal.timeout(280_000);
    const folder = await mkdtemp(join(tmpdir(), "deco-path-tracer-"));
    try {
      const scene = await pathTracer.loadScene(pathTracer.scenes.threeSpheres);
      const job = await pathTracer.prepareContainerJob(scene);
      const [artifactPath, inputFolder] = [join(folder, "image.tar"), join(folder, "in")];
      await writeFile(artifactPath, job.archiveBytes);
      await mkdir(inputFolder);
      for (const [name, bytes] of job.inputFiles) await writeFile(join(inputFolder, name), bytes);
      const image = { archive: ANY_CID, id: job.imageId };
      const program = pathTracer.buildContainerProgram(job.programTemplate, image);
      const spec = { program, artifactPath, inputFolder, workFolder: join(folder, "work") };
      await mkdir(spec.workFolder);
      const engine = createOciEngine({ instanceId: "pathtracertest", host: HOST ?? "" });
      const prepared = await engine.prepare(spec, signal);
      const outputs = new Map<number, Uint8Array>();
      try {
        for (const [index, bytes] of job.items.entries()) {
          const outputFolder = join(folder, `out-${index}`);
          await mkdir(outputFolder);
          const execution = await prepared.run({ item: { index, bytes }, outputFolder }, signal);
          expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
          outputs.set(index, await readFile(join(outputFolder, pathTracer.TILE_FILE)));
        }
      } finally {
        await prepared.close();
      }
      const digest = pathTracer.pixelDigest(pathTracer.assemblePixels(scene, outputs, "oci"));
      expect(digest).toBe(PICTURE_DIGESTS.threeSpheres);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
