import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digits } from "@deco-network/examples";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type DemoProcess, groupRuns, startDemo } from "./support/demo.ts";

/** A picture of the default image as a person would draw it: large, dark on light, off its middle. */
async function picture(): Promise<Buffer> {
  const image = await digits.loadImage(digits.defaultImage);
  const [scale, side, left, top] = [12, 160, 40, 20];
  const png = new PNG({ width: side, height: side });
  for (let pixel = 0; pixel < side * side; pixel++) {
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    const [column, row] = [Math.floor((x - left) / scale), Math.floor((y - top) / scale)];
    const inside = column >= 0 && column < 8 && row >= 0 && row < 8;
    const ink = inside ? (image[row * 8 + column] ?? 0) / 7 : 0;
    const grey = Math.round(250 - ink * 230);
    png.data.set([grey, grey, grey, 255], pixel * 4);
  }
  return PNG.sync.write(png);
}

describe("npm run demo -- --policy zk", { timeout: 240_000 }, () => {
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

  async function run(...args: readonly string[]) {
    demo = startDemo(folder, temporary, "--policy", "zk", "--json", ...args);
    const ended = await demo.ended;
    expect(ended.stdout).toMatch(/^[^\n]+\n$/);
    expect(groupRuns(demo.group)).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
    return { ...ended, report: JSON.parse(ended.stdout) };
  }

  it("has a picture's digit read, and the answer proven, paid and verified again", async () => {
    const input = join(folder, "seven.png");
    await writeFile(input, await picture());
    const { code, report } = await run("--input", input);
    expect(code).toBe(0);
    const hash = expect.stringMatching(/^0x[0-9a-f]{64}$/);
    expect(report).toEqual({
      ...{ status: "settled", policy: "zk", digit: 7, taskId: hash, result: hash, circuit: hash },
      model: String(digits.commitModel(await digits.loadModel())),
      transactions: ["post", "claim", "settle"].map((step) => ({
        ...{ step, hash, gas: expect.toSatisfy((gas) => gas > 21_000) },
      })),
      payments: [{ provider: 1, amount: expect.stringMatching(/^[1-9]\d{18}$/) }],
      audit: { checks: expect.any(Number), sound: true },
      timings: expect.objectContaining({ total: expect.any(Number) }),
    });
  });

  it("refuses an image of nothing, and flags of the rendering, before anything starts", async () => {
    const input = join(folder, "empty.png");
    const empty = new PNG({ width: 20, height: 20 });
    empty.data.fill(255);
    await writeFile(input, PNG.sync.write(empty));
    const refused = await run("--input", input);
    expect(refused).toMatchObject({ code: 1, report: { status: "error", code: "image-empty" } });
    expect(refused.stderr).not.toContain("chain");
    const json = join(folder, "digit.json");
    await writeFile(json, JSON.stringify([[1, 2, 3]]));
    const malformed = await run("--input", json);
    expect(malformed).toMatchObject({ code: 1, report: { code: "image-malformed" } });
    const flags = await run("--dishonest", "1");
    expect(flags).toMatchObject({ code: 2, report: { status: "error", code: "usage" } });
    expect(flags.report.message).toContain("--dishonest");
  });
});

it("reads a picture as the image that it was drawn from", async () => {
  const folder = await mkdtemp(join(tmpdir(), "deco-digit-"));
  try {
    const file = join(folder, "seven.png");
    await writeFile(file, await picture());
    const read = await digits.loadImage(file);
    const model = await digits.loadModel();
    expect(read).toHaveLength(64);
    expect(digits.classify(model, read)).toBe(7);
  } finally {
    await rm(folder, { recursive: true });
  }
});
