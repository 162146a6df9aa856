import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathTracer } from "@deco-network/examples";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { PICTURE_DIGESTS } from "../../packages/examples/test/path-tracer/vectors.ts";
import {
  type DemoProcess,
  type Ended,
  groupRuns,
  startDemo,
  startDemoItself,
} from "./support/demo.ts";
import { pixelsOf } from "./support/pixels.ts";

const SMALL_SCENE = pathTracer.scenes.threeSpheres.pathname;
const LOCK = "100000000000000000000";

describe("npm run demo", { timeout: 240_000 }, () => {
  let folder = "";
  let temporary = "";
  let demo: DemoProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-demo-test-"));
    temporary = join(folder, "tmp");
    await mkdir(temporary);
  });
  afterEach(async () => {
    // Only a failed test leaves something to end.
    if (demo !== undefined && groupRuns(demo.group)) process.kill(-demo.group, "SIGKILL");
    demo = undefined;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function start(...args: readonly string[]): DemoProcess {
    demo = startDemo(folder, temporary, ...args);
    return demo;
  }

  async function run(...args: readonly string[]): Promise<Ended> {
    return await start(...args).ended;
  }

  /** Standard output is one line, whatever happened. */
  function lineOf({ stdout }: Ended) {
    expect(stdout).toMatch(/^[^\n]+\n$/);
    return JSON.parse(stdout);
  }

  async function expectNothingLeft(): Promise<void> {
    expect(groupRuns(demo?.group ?? 0)).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
  }

  it("renders the default scene, pays three executors and tells it in one line", async () => {
    const ended = await run("--json");
    expect(ended).toMatchObject({ code: 0 });
    const report = lineOf(ended);
    const hash = expect.stringMatching(/^0x[0-9a-f]{64}$/);
    const paid = expect.stringMatching(/^[1-9]\d{18}$/);
    const ids = [1, 2, 3];
    expect(report).toEqual({
      ...{ status: "settled", engine: "wasm", taskId: hash, result: hash, slashes: [] },
      output: join(folder, "demo-output", "picture.png"),
      pixels: PICTURE_DIGESTS.cornell,
      cast: { honest: 3, dishonest: 0, replicas: 3, thresholdBps: 6_000 },
      transactions: expect.any(Array),
      payments: ids.map((provider) => ({ provider, amount: paid })),
      providers: ids.map((provider) => ({
        ...{ provider, honest: true, outcome: "agreed", paid, slashed: "0" },
        ...{ trustBefore: 10, trustAfter: expect.any(Number) },
      })),
      audit: { checks: expect.any(Number), sound: true },
      timings: expect.any(Object),
    });
    const steps = report.transactions.map(({ step }: { step: string }) => step);
    // Commitments, and reveals with settlement, are brought together; a seat that waits in vain acts by itself.
    expect(steps.join(" ")).toMatch(/^post( claim){3}( commit){1,3}( reveal){0,3} settle$/);
    for (const { hash: transaction, gas } of report.transactions) {
      expect(transaction).toEqual(hash);
      expect(gas).toBeGreaterThan(21_000);
    }
    for (const millis of Object.values(report.timings)) expect(millis).toEqual(expect.any(Number));
    expect(report.timings.total).toBeGreaterThan(report.timings.revealing);
    expect(pixelsOf(await readFile(report.output))).toBe(PICTURE_DIGESTS.cornell);
    await expectNothingLeft();
  });

  it("outvotes and slashes a liar, and the picture is right", async () => {
    const output = join(folder, "picture.png");
    const args = ["--json", "--input", SMALL_SCENE, "--output", output, "--dishonest", "1"];
    const ended = await run(...args);
    expect(ended).toMatchObject({ code: 0 });
    const report = lineOf(ended);
    expect(report.cast).toEqual({ honest: 3, dishonest: 1, replicas: 4, thresholdBps: 6_000 });
    expect(report.slashes).toEqual([{ provider: 4, amount: LOCK }]);
    expect(report.payments).toHaveLength(3);
    expect(report.providers[3]).toEqual({
      ...{ provider: 4, honest: false, outcome: "dissented", paid: "0", slashed: LOCK },
      ...{ trustBefore: 10, trustAfter: 10 },
    });
    expect(report).toMatchObject({ status: "settled", pixels: PICTURE_DIGESTS.threeSpheres });
    expect(pixelsOf(await readFile(output))).toBe(PICTURE_DIGESTS.threeSpheres);
    await expectNothingLeft();
  });

  it("refuses a scene with a fault before anything starts", async () => {
    const scene = JSON.parse(await readFile(SMALL_SCENE, "utf8"));
    scene.objects[1].radius = -1;
    const file = join(folder, "scene.json");
    await writeFile(file, JSON.stringify(scene));
    const ended = await run("--json", "--input", file);
    expect(ended.code).toBe(1);
    expect(lineOf(ended)).toMatchObject({ status: "error", code: "field-out-of-range" });
    expect(ended.stderr).toContain("objects[1].radius");
    expect(ended.stderr).not.toContain("chain");
    await expectNothingLeft();
  });

  it("names the file when there is no scene", async () => {
    const ended = await run("--input", join(folder, "nowhere.json"));
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain("file-unreadable");
    await expectNothingLeft();
  });

  it.each([
    ["--colour", "red"],
    ["--dishonest", "7"],
    ["--engine", "turbine"],
  ])("refuses %s %s", async (...args) => {
    const ended = await run("--json", ...args);
    expect(ended.code).toBe(2);
    expect(lineOf(ended)).toMatchObject({ status: "error", code: "usage" });
    await expectNothingLeft();
  });

  it("leaves nothing behind when Ctrl-C is pressed while its executors start", async () => {
    const started = start("--json", "--input", SMALL_SCENE);
    await started.said("registered and staked");
    // A terminal signals every process of the group.
    process.kill(-started.group, "SIGINT");
    await expectInterrupted(started);
  });

  it("leaves nothing behind when it is told to end while sandboxes work", async () => {
    const started = start("--json", "--input", SMALL_SCENE);
    await started.said("the round is full");
    // A supervisor signals the process that it started.
    process.kill(started.group, "SIGTERM");
    await expectInterrupted(started);
  });

  it("stops, and leaves nothing, when the script that started it is killed", async () => {
    const started = start("--keep", "--input", SMALL_SCENE);
    await started.said("The network stays up");
    process.kill(started.group, "SIGKILL");
    await started.ended;
    await expect.poll(() => groupRuns(started.group), { timeout: 90_000 }).toBe(false);
    await expectNothingLeft();
  });

  it("leaves no chain and no executor running when it is killed itself", async () => {
    demo = startDemoItself(folder, temporary, "--json", "--input", SMALL_SCENE);
    await demo.said("the round is full");
    process.kill(demo.group, "SIGKILL");
    await expect.poll(() => groupRuns(demo?.group ?? 0), { timeout: 90_000 }).toBe(false);
  });

  async function expectInterrupted(started: DemoProcess): Promise<void> {
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(lineOf(ended)).toMatchObject({ status: "error", code: "aborted" });
    await expectNothingLeft();
  }
});
