import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encrypted } from "@deco-network/examples";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type DemoProcess, groupRuns, startDemo } from "./support/demo.ts";

describe("npm run demo -- --encrypted", { timeout: 240_000 }, () => {
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
    demo = startDemo(folder, temporary, "--encrypted", "--json", ...args);
    const ended = await demo.ended;
    expect(ended.stdout).toMatch(/^[^\n]+\n$/);
    expect(groupRuns(demo.group)).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
    return { ...ended, report: JSON.parse(ended.stdout) };
  }

  it("has a table computed on that nobody reads, outvotes a liar, and decrypts the right answer", async () => {
    const { code, report } = await run("--dishonest", "1");
    expect(code).toBe(0);
    const hash = expect.stringMatching(/^0x[0-9a-f]{64}$/);
    const output = join(folder, "demo-output", "answer.json");
    const table = await encrypted.loadTable(encrypted.defaultTable);
    const model = await encrypted.loadModel(encrypted.defaultModel, table);
    const open = encrypted.plainAnswer(table, model);
    expect(report).toEqual({
      ...{ status: "settled", matches: true, taskId: hash, result: hash, output, rows: 240 },
      columns: open.columns.map(({ name, mean, variance }) => ({ name, mean, variance })),
      // Thirteen rotation keys make most of the input; seven ciphertexts are the output.
      sealedBytes: expect.toSatisfy((bytes) => bytes > 11_000_000 && bytes < 12_500_000),
      answerBytes: expect.toSatisfy((bytes) => bytes > 7 * 262_000 && bytes < 7 * 263_000),
      transactions: expect.any(Array),
      payments: [1, 2, 3].map((provider) => ({
        provider,
        amount: expect.stringMatching(/^[1-9]\d{18}$/),
      })),
      slashes: [{ provider: 4, amount: "100000000000000000000" }],
      audit: { checks: expect.any(Number), sound: true },
      timings: expect.objectContaining({ total: expect.any(Number) }),
    });
    expect(await readFile(output, "utf8")).toBe(encrypted.answerText(open));
  });

  it("refuses a table that would wrap around, and other ways to decide, before anything starts", async () => {
    const input = join(folder, "large.csv");
    await writeFile(input, "area_m2,occupants,used_kwh\n1000000,1,1\n");
    const refused = await run("--input", input);
    expect(refused).toMatchObject({ code: 1, report: { code: "values-too-large" } });
    expect(refused.stderr).not.toContain("chain");
    const flags = await run("--policy", "zk");
    expect(flags).toMatchObject({ code: 2, report: { status: "error", code: "usage" } });
    expect(flags.report.message).toContain("--policy");
  });
});
