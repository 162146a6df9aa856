import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Execution } from "../../src/engines/engine.ts";
import { KEPT_BYTES, RunLogs } from "../../src/progress/run-logs.ts";
import { StderrLog } from "../../src/progress/stderr-log.ts";
import { createLogger } from "../../src/runtime/logger.ts";

const key = { task: `0x${"ab".repeat(32)}`, round: 1 } as const;
const text = (of: Uint8Array | undefined) => Buffer.from(of ?? []).toString();
const measurements = { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 };
const completed = (exitCode: number, stderr: string): Execution => ({
  ...{ kind: "completed", exitCode, stdout: new Uint8Array(), stderr: Buffer.from(stderr) },
  ...{ outputBytes: 0, measurements },
});

describe("logs of runs", () => {
  let folder: string;
  let logs: RunLogs;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-logs-"));
    logs = new RunLogs(folder, createLogger("silent"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("hold both ends of what is written, and no more", async () => {
    logs.begin(key, 1);
    for (let i = 0; i < 40; i += 1) logs.write(key, Buffer.alloc(10_000, 97 + (i % 26)));
    const run = await logs.read(key);
    expect(run).toMatchObject({ length: 400_000 });
    expect(run?.first).toHaveLength(KEPT_BYTES);
    expect(run?.last).toHaveLength(KEPT_BYTES);
    expect(text(run?.first).at(0)).toBe("a");
    expect(text(run?.last).at(-1)).toBe("n");
  });

  it("are there after a restart, and not when a file is damaged", async () => {
    logs.begin(key, 3);
    logs.itemDone(key);
    logs.write(key, Buffer.from("why"));
    await logs.end(key);
    const after = new RunLogs(folder, createLogger("silent"));
    const run = await after.read(key);
    expect(run).toMatchObject({ length: 3, items: { done: 1, total: 3 } });
    expect(text(run?.last)).toBe("why");
    expect(await after.read({ ...key, round: 2 })).toBeUndefined();
    const [name = ""] = await readdir(folder);
    await writeFile(join(folder, name), '{"deco":"run-l');
    expect(await after.read(key)).toBeUndefined();
  });

  it("are forgotten a week after their run", async () => {
    const old = join(folder, "old.json");
    await writeFile(old, "{}");
    const then = new Date(Date.now() - 8 * 86_400_000);
    await utimes(old, then, then);
    logs.begin(key, 1);
    await logs.end(key);
    expect(await readdir(folder)).toEqual([`${key.task}-1.json`]);
  });

  it("take what a seat's single run writes as it comes, once, and how it ended", () => {
    const written: string[] = [];
    const live = new StderrLog((bytes) => written.push(text(bytes)), undefined);
    live.write(Buffer.from("a\n"));
    live.end(completed(3, "a\n"));
    expect(written).toEqual(["a\n", "[deco] exit code 3\n"]);
    const kept: string[] = [];
    new StderrLog((bytes) => kept.push(text(bytes)), undefined).end(completed(0, "b\n"));
    expect(kept).toEqual(["b\n", "[deco] exit code 0\n"]);
  });

  it("take an item's in one piece, and nothing of an item that was fine and silent", () => {
    const written: string[] = [];
    const write = (bytes: Uint8Array) => written.push(text(bytes));
    const item = new StderrLog(write, 7);
    item.write(Buffer.from("no memory"));
    const abstained = { kind: "abstained", reason: "limit-exceeded", detail: "/srv/x" } as const;
    item.end({ ...abstained, measurements });
    new StderrLog(write, 8).end(completed(0, ""));
    expect(written).toEqual(["[deco] item 7: abstained: limit-exceeded\nno memory\n"]);
  });
});
