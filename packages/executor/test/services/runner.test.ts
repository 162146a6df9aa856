import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  bagSchema,
  decodeDocument,
  encodeDocument,
  inputSchema,
  type ProgramDocument,
  programSchema,
  type Request,
  resultSchema,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MaterialCache } from "../../src/cache/material-cache.ts";
import type { Resources } from "../../src/capacity/resources.ts";
import { RunTimes } from "../../src/capacity/run-times.ts";
import type { Engine, Execution, RunSpec } from "../../src/engines/engine.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { TaskRefusal } from "../../src/services/fetch-task.ts";
import { Runner } from "../../src/services/runner.ts";
import { TERMS } from "../support/network.ts";

const key = { task: `0x${"ab".repeat(32)}`, round: 1 } as const;
const never = new AbortController().signal;
const visibility = "public" as const;

const CONTAINER = {
  engine: "oci",
  image: { registry: `host/a@sha256:${"0".repeat(64)}`, id: `sha256:${"0".repeat(64)}` },
  limits: {
    ...{ memoryBytes: 2 ** 16, outputBytes: 5, stdoutBytes: 2, wallSeconds: 1 },
    ...{ cpuMillis: 300, pids: 1, diskBytes: 0 },
  },
} as const;

/** An engine whose program is a function of this test. */
function engineOf(
  run: (spec: RunSpec, signal: AbortSignal) => Promise<Partial<Execution>>,
): Engine {
  const none = new Uint8Array();
  return {
    name: "wasm",
    probe: async () => ({ available: true, version: "1", details: {} }),
    prepare: async () => ({
      run: async (spec, signal) =>
        ({
          ...{ kind: "completed", exitCode: 0, stdout: none, stderr: none, outputBytes: 0 },
          measurements: { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 },
          ...(await run(spec, signal)),
        }) as Execution,
      close: async () => undefined,
    }),
  };
}

describe("Runner", () => {
  let folder: string;
  let storage: Storage;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-runner-"));
    storage = await openStorage({ peerToPeer: false });
  });
  afterEach(async () => {
    await storage.close();
    await rm(folder, { recursive: true });
  });

  const runnerOf = (
    engines: readonly Engine[],
    { diskBytes = 2 ** 20, ...machine }: Partial<Resources> = {},
    cache?: MaterialCache,
  ) =>
    new Runner({
      ...{ storage, engines, diskBytes, logger: createLogger("silent") },
      ...{ workFolder: join(folder, "work"), cache },
      engineVersions: new Map([["wasm" as const, "1"]]),
      times: new RunTimes({ expectedBps: 1_000, fuelPerSecond: 1_000 }),
      machine: {
        ...{ slots: 2, cpuMillis: 2_000, memoryBytes: 2 ** 30, diskBytes: 2 ** 30 },
        ...{ accelerators: [], ...machine },
      },
    });

  async function task(items: string[] = [], program: Partial<ProgramDocument> = {}) {
    const module = await storage.addBytes(new Uint8Array([1]), { visibility });
    const document = {
      ...{ deco: "program/1", engine: "wasm", command: [], env: {} },
      ...(program.engine !== "oci" && { module: module.cid }),
      limits: {
        ...{ memoryBytes: 2 ** 20, outputBytes: 2 ** 20, stdoutBytes: 100, wallSeconds: 5 },
        fuel: "1",
      },
      ...{ network: "none", stdout: false },
      ...program,
    } as ProgramDocument;
    const digests = [];
    for (const item of items) {
      const added = await storage.addDocument(new TextEncoder().encode(item), { visibility });
      digests.push(Buffer.from(added.digest.slice(2), "hex"));
    }
    const list = await storage.addBytes(Buffer.concat(digests), { visibility });
    const input = items.length > 0 && { items: { list: list.cid, count: items.length } };
    const add = async (bytes: Uint8Array) =>
      (await storage.addDocument(bytes, { visibility })).digest;
    return {
      ...TERMS,
      program: await add(encodeDocument(programSchema, document)),
      input: await add(encodeDocument(inputSchema, { deco: "input/1", ...input })),
      volume: Math.max(1, items.length),
    } as Request;
  }

  async function resultOf(digest: `0x${string}`) {
    return decodeDocument(resultSchema, await storage.getDocument(digest, { offline: true }));
  }

  it("embeds small outputs sorted by bytes, and stores nothing publicly", async () => {
    const runner = runnerOf([
      engineOf(async ({ outputFolder }) => {
        await writeFile(join(outputFolder, "b"), "2");
        await writeFile(join(outputFolder, "B"), "1");
        return { exitCode: 3 };
      }),
    ]);
    const outcome = await runner.run(key, await task(), never);
    if (outcome.kind !== "completed") throw new TypeError(outcome.kind);
    expect(await resultOf(outcome.result.digest)).toEqual({
      ...{ deco: "result/1", exitCode: 3 },
      outputs: {
        inline: [
          { path: "B", base64: "MQ==" },
          { path: "b", base64: "Mg==" },
        ],
      },
    });
    expect(await storage.staged()).toHaveLength(1);
  });

  it("names large outputs by their folder, and standard output only if asked to", async () => {
    const stdout = new TextEncoder().encode("said");
    const runner = runnerOf([
      engineOf(async ({ outputFolder }) => {
        await writeFile(join(outputFolder, "large"), "x".repeat(5_000));
        return { stdout };
      }),
    ]);
    const outcome = await runner.run(key, await task([], { stdout: true }), never);
    if (outcome.kind !== "completed") throw new TypeError(outcome.kind);
    const result = await resultOf(outcome.result.digest);
    expect(result.outputs).toMatchObject({ bytes: 5_000 });
    expect(result.stdout).toEqual({ inline: Buffer.from("said").toString("base64") });
  });

  it("runs a bag by slots and gives each item its bytes and index", async () => {
    let atOnce = 0;
    let most = 0;
    const runner = runnerOf([
      engineOf(async ({ item, outputFolder }) => {
        most = Math.max(most, ++atOnce);
        await writeFile(
          join(outputFolder, "seen"),
          `${item?.index} ${Buffer.from(item?.bytes ?? [])}`,
        );
        atOnce--;
        return {};
      }),
    ]);
    const outcome = await runner.run(key, await task(["zero", "one", "two"]), never);
    if (outcome.kind !== "completed") throw new TypeError(outcome.kind);
    expect(most).toBeLessThanOrEqual(2);
    expect(outcome.result.root).toMatch(/^0x[0-9a-f]{64}$/);
    const manifest = await storage.getDocument(outcome.result.digest, { offline: true });
    expect(decodeDocument(bagSchema, manifest).count).toBe(3);
  });

  it("repeats after a restart only the items that were not finished", async () => {
    const request = await task(["zero", "one", "two"]);
    const ran: number[] = [];
    const engine = (last: number) =>
      engineOf(async ({ item }) => {
        if ((item?.index ?? 0) > last) throw new RangeError("power cut");
        ran.push(item?.index ?? -1);
        return {};
      });
    const killed = runnerOf([engine(1)], { slots: 1 });
    await expect(killed.run(key, request, never)).rejects.toThrow("power cut");
    const next = runnerOf([engine(9)], { slots: 1 });
    expect((await next.run(key, request, never)).kind).toBe("completed");
    expect(ran).toEqual([0, 1, 2]);
  });

  it("measures all runs together, and only those that it made", async () => {
    const request = await task(["zero", "one", "two"]);
    const engine = (last: number) =>
      engineOf(async ({ item }) => {
        const index = item?.index ?? 0;
        if (index > last) throw new RangeError("power cut");
        const cost = { wallMillis: 5, cpuMillis: 10.4, peakMemoryBytes: 100 * (index + 1) };
        return { measurements: { ...cost, fuelUsed: 7n } };
      });
    await expect(runnerOf([engine(0)], { slots: 1 }).run(key, request, never)).rejects.toThrow();
    const outcome = await runnerOf([engine(9)], { slots: 1 }).run(key, request, never);
    if (outcome.kind !== "completed") throw new TypeError(outcome.kind);
    expect(outcome.usage).toMatchObject({
      engine: { name: "wasm", version: "1" },
      ...{ runs: 2, cpuMillis: 21, peakMemoryBytes: 300, fuelUsed: 14n },
    });
    for (const millis of ["fetchMillis", "prepareMillis", "runMillis"] as const) {
      expect(outcome.usage?.[millis]).toBeGreaterThanOrEqual(0);
    }
    const again = await runnerOf([engine(9)], { slots: 1 }).run(key, request, never);
    expect(again).toEqual({ kind: "completed", result: outcome.result });
  });

  it("abstains with the engine's reason, for a whole bag too", async () => {
    const killed = { kind: "abstained", reason: "killed", detail: "signal 9" } as const;
    const runner = runnerOf([engineOf(async () => killed)]);
    expect(await runner.run(key, await task(), never)).toMatchObject(killed);
    const other = { ...key, task: `0x${"cd".repeat(32)}` } as const;
    expect(await runner.run(other, await task(["a", "b"]), never)).toMatchObject(killed);
  });

  it.each([
    ["engine-missing", [], {}],
    ["memory-limit", [engineOf(async () => ({}))], { memoryBytes: 2 ** 10 }],
    // The program's memory alone would fit; its outputs are held beside it.
    ["memory-limit", [engineOf(async () => ({}))], { memoryBytes: 2 ** 21 }],
    ["disk-limit", [engineOf(async () => ({}))], { diskBytes: 2 ** 10 }],
  ] as const)("refuses before a seat is at stake: %s", async (reason, engines, capacity) => {
    const outcome = await runnerOf(engines, capacity).prepare(key, await task(), never);
    expect(outcome).toMatchObject({ kind: "refused", reason });
  });

  it("refuses what would not fit if nothing else ran, before it fetches the rest", async () => {
    const module = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
    const away = await task([], { module } as Partial<ProgramDocument>);
    const runner = runnerOf([engineOf(async () => ({}))], { memoryBytes: 2 ** 21 });
    expect(await runner.prepare(key, away, never)).toMatchObject({
      ...{ kind: "refused", reason: "memory-limit" },
      detail: expect.stringContaining("2097152"),
    });
    for (const [reason, more] of [
      ["cpu-limit", { limits: { ...CONTAINER.limits, cpuMillis: 2_001 } }],
      ["accelerator-missing", { accelerators: [{ name: "nvidia", count: 1 }] }],
    ] as const) {
      const request = await task([], { ...CONTAINER, ...more } as Partial<ProgramDocument>);
      const outcome = await runnerOf([]).prepare(key, request, never);
      expect(outcome).toMatchObject({ kind: "refused", reason });
    }
  });

  it("tells what is free while a program runs, and gives it devices of its own", async () => {
    const accelerators = [{ name: "nvidia", devices: ["GPU-a", "GPU-b"] }];
    const seen: unknown[] = [];
    const engine = engineOf(async ({ devices }) => {
      const { slots, cpuMillis, diskBytes } = runner.free();
      seen.push(devices, { slots, cpuMillis, diskBytes }, runner.free().accelerators[0]?.devices);
      return {};
    });
    const runner: Runner = runnerOf([{ ...engine, name: "oci" }], { accelerators });
    const wanted = { accelerators: [{ name: "nvidia", count: 1 }] };
    const request = await task([], { ...CONTAINER, ...wanted } as Partial<ProgramDocument>);
    await runner.run(key, request, never);
    expect(seen).toEqual([
      [{ offer: 0, devices: ["GPU-a"] }],
      { slots: 1, cpuMillis: 1_700, diskBytes: 2 ** 30 - 7 },
      ["GPU-b"],
    ]);
    expect(runner.free()).toEqual(runner.machine);
  });

  it("holds the disk of program and input until they are released", async () => {
    const runner = runnerOf([engineOf(async () => ({}))]);
    await runner.run(key, await task(), never);
    expect(runner.free().diskBytes).toBe(2 ** 30 - 1);
    await runner.release(key);
    expect(runner.free().diskBytes).toBe(2 ** 30);
  });

  it("has on disk what it returns, and not before", async () => {
    const flushed: number[] = [];
    const flush = storage.flush.bind(storage);
    storage.flush = async () => {
      flushed.push((await storage.staged()).length);
      await flush();
    };
    const runner = runnerOf([engineOf(async () => ({}))]);
    expect((await runner.run(key, await task(["a", "b"]), never)).kind).toBe("completed");
    // Results of two items that are the same, their list, and the manifest.
    expect(flushed).toEqual([3]);
  });

  it("leaves a program that is not paid for before it fetches the rest, and runs it all the same for a seat", async () => {
    const module = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
    const runner = runnerOf([engineOf(async () => ({}))]);
    const judge = () => {
      throw new TaskRefusal("price-too-low", "too little");
    };
    const away = await task([], { module } as Partial<ProgramDocument>);
    expect(await runner.prepare(key, away, never, judge)).toEqual({
      ...{ kind: "refused", reason: "price-too-low", detail: "too little" },
    });
    expect((await runner.run(key, await task(), never)).kind).toBe("completed");
  });

  it("refuses an input whose items are not the request's volume", async () => {
    const request = { ...(await task(["a", "b"])), volume: 3 };
    const outcome = await runnerOf([engineOf(async () => ({}))]).prepare(key, request, never);
    expect(outcome).toMatchObject({ kind: "refused", reason: "volume-mismatch" });
  });

  it("waits for content that cannot be had yet", async () => {
    const request = { ...(await task()), program: zeroHash };
    const outcome = await runnerOf([engineOf(async () => ({}))]).prepare(key, request, never);
    expect(outcome.kind).toBe("unavailable");
  });

  it("keeps program and input for the next task, and holds them while one lives", async () => {
    const logger = createLogger("silent");
    const options = { folder: join(folder, "cache"), maxBytes: 0, isLive: () => true, logger };
    const cache = await MaterialCache.open(options);
    const runner = runnerOf([engineOf(async () => ({}))], {}, cache);
    const other = { ...key, task: `0x${"cd".repeat(32)}` } as const;
    const request = await task();
    const downloads: unknown[] = [];
    const download = storage.downloadFile.bind(storage);
    storage.downloadFile = async (cid, ...rest) => {
      downloads.push(cid);
      return await download(cid, ...rest);
    };
    for (const each of [key, other]) {
      expect((await runner.run(each, request, never)).kind).toBe("completed");
    }
    expect(downloads).toHaveLength(1);
    await runner.release(key);
    expect(cache.bytes).toBe(1);
    await runner.release(other);
    // Nothing may be kept here beyond what is held.
    expect(cache.bytes).toBe(0);
    await runner.run(key, request, never);
    expect(downloads).toHaveLength(2);
  });

  it("leaves nothing behind when a task is released", async () => {
    const runner = runnerOf([engineOf(async () => ({}))]);
    await runner.run(key, await task(), never);
    expect(await readdir(join(folder, "work"))).toHaveLength(1);
    await runner.release(key);
    await runner.release(key);
    expect(await readdir(join(folder, "work"))).toEqual([]);
  });
});
