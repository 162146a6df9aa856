import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathTracer } from "@deco-network/examples";
import { describe, expect, it } from "vitest";

import { PICTURE_DIGESTS } from "../../packages/examples/test/path-tracer/vectors.ts";
import { groupRuns, startDemo } from "./support/demo.ts";
import { pixelsOf } from "./support/pixels.ts";

const HOST = process.env["DOCKER_HOST"];

describe.skipIf(HOST === undefined)("npm run demo -- --engine oci", { timeout: 300_000 }, () => {
  it("renders the same pixels in containers, of which none is left", async () => {
    const folder = await mkdtemp(join(tmpdir(), "deco-demo-test-"));
    const temporary = join(folder, "tmp");
    await mkdir(temporary);
    const scene = pathTracer.scenes.threeSpheres.pathname;
    const output = join(folder, "picture.png");
    const args = ["--engine", "oci", "--json", "--input", scene, "--output", output];
    const before = await held();
    const demo = startDemo(folder, temporary, ...args);
    try {
      const { code, stdout, stderr } = await demo.ended;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ status: "settled", engine: "oci", pixels: PICTURE_DIGESTS.threeSpheres },
        ...{ slashes: [], audit: { sound: true } },
      });
      expect(pixelsOf(await readFile(output))).toBe(PICTURE_DIGESTS.threeSpheres);
      expect(groupRuns(demo.group)).toBe(false);
      expect(await readdir(temporary)).toEqual([]);
      expect(await held()).toEqual(before);
    } finally {
      if (groupRuns(demo.group)) process.kill(-demo.group, "SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

/** What executors, of whatever market, have in the container engine. */
async function held() {
  const filters = encodeURIComponent(JSON.stringify({ label: ["network.deco.instance"] }));
  const containers = await ask<unknown[]>(`/containers/json?all=1&filters=${filters}`);
  const volumes = await ask<{ Volumes: unknown[] | null }>(`/volumes?filters=${filters}`);
  return { containers: containers.length, volumes: volumes.Volumes?.length ?? 0 };
}

function ask<Answer>(path: string): Promise<Answer> {
  const socketPath = HOST?.replace("unix://", "") ?? "";
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, async (response) => {
      const parts = await response.setEncoding("utf8").toArray();
      resolve(JSON.parse(parts.join("")));
    })
      .once("error", reject)
      .end();
  });
}
