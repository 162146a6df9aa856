import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createWasmEngine } from "../../../src/engines/wasm/index.ts";
import { assemble, program } from "./support/assemble.ts";
import { compile } from "./support/assembly-script.ts";
import {
  completed,
  makeTree,
  NEVER,
  prepared,
  run,
  scratchFolder,
  wasmProgram,
} from "./support/prepared.ts";
import { WITNESS } from "./support/witness.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("a program", () => {
  let witness: Uint8Array;
  beforeAll(async () => {
    witness = await compile(WITNESS);
  });

  test("reads its input and item, writes outputs and streams", async () => {
    const inputFolder = await makeTree({ "a/scene.txt": "spheres" });
    const subject = await prepared(witness, { env: { NAME: "value" } }, { inputFolder });
    const result = await completed(subject, { index: 41, text: "the item" });
    expect(result.exitCode).toBe(0);
    expect(result.fault).toBeUndefined();
    const lines = text(result.stdout).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "in: spheres",
      "item: the item",
      "environment: DECO_ITEM_INDEX=41;NAME=value;",
    ]);
    expect(lines.slice(-3, -1)).toEqual(["escape: error 76", "absolute: error 76"]);
    expect(result.outputs).toEqual({ "result.txt": "done", "deep/er/file": "below" });
    expect(result.outputBytes).toBe(9);
    expect(text(result.stderr)).toBe("a note");
    expect(result.measurements.fuelUsed).toBeGreaterThan(10_000n);
    expect(result.measurements.peakMemoryBytes).toBeGreaterThanOrEqual(65_536);
  });

  test("without item sees none", async () => {
    const { stdout } = await completed(await prepared(witness));
    expect(text(stdout)).toContain("item: error 8\nenvironment: \n");
  });

  test("gives the same result in every run, in every thread", async () => {
    const subject = await prepared(witness);
    const items = [3, 3, 3].map((index) => completed(subject, { index, text: "same" }));
    const first = await completed(subject, { index: 3, text: "same" });
    for (const other of await Promise.all(items)) {
      expect({ ...other, measurements: other.measurements.fuelUsed }).toEqual({
        ...first,
        measurements: first.measurements.fuelUsed,
      });
    }
  });

  test("keeps nothing from one run to the next", async () => {
    const subject = await prepared(
      await compile(`
        let count = 0;
        count += 1;
        print(count.toString() + " " + readFile(OUT, "left"));
        writeFile("left", "behind");`),
    );
    for (let round = 0; round < 3; round++) {
      expect(text((await completed(subject)).stdout)).toBe("1 error 44\n");
    }
  });

  test("runs the items of a bag, each with its own", async () => {
    const subject = await prepared(
      await compile('writeFile("r", readFile(ROOT, "item") + environment());'),
    );
    for (let index = 0; index < 60; index++) {
      const { outputs } = await completed(subject, { index, text: `item ${index} ` });
      expect(outputs).toEqual({ r: `item ${index} DECO_ITEM_INDEX=${index};` });
    }
  });
});

describe("limits that are results", () => {
  test.each([
    ["fuel", 152, "(loop $l (br $l))", {}],
    ["depth", 139, "(call $f)", {}],
    ["trap", 134, "(unreachable)", {}],
    ["trap", 134, "(drop (i32.div_u (i32.const 1) (i32.const 0)))", {}],
    ["trap", 134, "(drop (i32.load (i32.const -1)))", {}],
    [
      "memory",
      137,
      "(if (i32.eq (memory.grow (i32.const 300)) (i32.const -1)) (then (unreachable)))",
      {},
    ],
  ] as const)("%s ends with %i", async (fault, exitCode, body, limits) => {
    const bytes = await assemble(program(body, "(func $f (call $f))"));
    const subject = await prepared(bytes, { limits });
    const first = await completed(subject);
    const second = await completed(subject);
    expect(first).toMatchObject({ fault, exitCode, outputBytes: 0, outputs: {} });
    expect(second.measurements.fuelUsed).toBe(first.measurements.fuelUsed);
  });

  test("drop what was written before", async () => {
    const bytes = await compile(
      'writeFile("file", "text"); print("said"); writeBytes(2, new ArrayBuffer(3)); unreachable();',
    );
    const result = await completed(await prepared(bytes));
    expect(result).toMatchObject({ fault: "trap", outputs: {}, outputBytes: 0 });
    expect(result.stdout.length).toBe(0);
    expect(result.stderr.length).toBe(3);
  });

  test("a memory bomb meets its limit, and may carry on", async () => {
    const bomb = program(`(local $pages i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (i32.store (i32.const 0) (memory.size))`);
    const { fault, measurements } = await completed(await prepared(await assemble(bomb)));
    expect(fault).toBeUndefined();
    expect(measurements.peakMemoryBytes).toBe(2 ** 24);
  });

  test("outputs beyond the limit are refused to the program", async () => {
    const bytes = await compile(`
      const first = writeFile("a", "0123456789");
      const second = writeFile("b", "0123456789");
      print(first.toString() + " " + second.toString());`);
    const result = await completed(await prepared(bytes, { limits: { outputBytes: 15 } }));
    expect(text(result.stdout)).toBe("0 51\n");
    expect(result.outputs).toEqual({ a: "0123456789", b: "" });
    const none = await completed(await prepared(bytes, { limits: { stdoutBytes: 3 } }));
    expect(none.stdout.length).toBe(0);
  });

  test("the exit code of the program is kept", async () => {
    const bytes = await compile('print("bye"); proc_exit(42);');
    const result = await completed(await prepared(bytes));
    expect(result.exitCode).toBe(42);
    expect(result.fault).toBeUndefined();
    expect(text(result.stdout)).toBe("bye\n");
  });
});

describe("limits that are abstentions", () => {
  const endless = program("(loop $l (br $l))");
  const forever = { fuel: "4000000000000000000" };

  test("the wall clock ends an endless run", async () => {
    const bytes = await assemble(endless);
    const subject = await prepared(bytes, { limits: { ...forever, wallSeconds: 1 } });
    const { execution } = await run(subject);
    expect(execution).toMatchObject({ kind: "abstained", reason: "limit-exceeded" });
    expect(execution.measurements.wallMillis).toBeGreaterThanOrEqual(990);
  });

  test("and the next run gets a new thread", async () => {
    const bytes = await compile(
      `if (readFile(ROOT, "item") == "spin") while (true) now(); print("quick");`,
    );
    const subject = await prepared(bytes, { limits: { ...forever, wallSeconds: 1 } });
    const { execution } = await run(subject, { index: 0, text: "spin" });
    expect(execution.kind).toBe("abstained");
    const next = await completed(subject, { index: 1, text: "go" });
    expect(text(next.stdout)).toBe("quick\n");
  });

  test("an abort ends the run and rejects with its reason", async () => {
    const subject = await prepared(await assemble(endless), { limits: forever });
    const controller = new AbortController();
    const outputFolder = await scratchFolder();
    const running = subject.run({ outputFolder }, controller.signal);
    const reason = new TypeError("no longer wanted");
    setTimeout(() => controller.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
    await expect(subject.run({ outputFolder }, controller.signal)).rejects.toBe(reason);
  });

  test("close ends what runs, and what comes later", async () => {
    const subject = await prepared(await assemble(endless), { limits: forever });
    const outputFolder = await scratchFolder();
    const running = subject.run({ outputFolder }, NEVER);
    await subject.close();
    expect(await running).toMatchObject({ kind: "abstained", reason: "killed" });
    await expect(subject.run({ outputFolder }, NEVER)).rejects.toMatchObject({ code: "closed" });
    await subject.close();
  });
});

describe("prepare", () => {
  test("refuses modules by their code, as invalid programs", async () => {
    const bytes = await assemble('(module (import "env" "abort" (func)))');
    await expect(prepared(bytes)).rejects.toMatchObject({
      name: "WasmError",
      code: "module-import-not-allowed",
      reason: "program-invalid",
    });
    await expect(prepared(Buffer.from("#!/bin/sh"))).rejects.toMatchObject({
      code: "module-malformed",
    });
  });

  test("refuses a missing module", async () => {
    const workFolder = await scratchFolder();
    const engine = createWasmEngine();
    const without = { program: wasmProgram(), workFolder };
    await expect(engine.prepare(without, NEVER)).rejects.toMatchObject({
      code: "artifact-missing",
      reason: "image-invalid",
    });
    const gone = { ...without, artifactPath: join(workFolder, "gone.wasm") };
    await expect(engine.prepare(gone, NEVER)).rejects.toMatchObject({
      code: "artifact-unreadable",
    });
  });

  test("refuses fuel that cannot be counted", async () => {
    const bytes = await assemble(program(""));
    for (const fuel of ["0", "99999999999999999999"]) {
      await expect(prepared(bytes, { limits: { fuel } })).rejects.toMatchObject({
        code: "fuel-out-of-range",
      });
    }
  });

  test("does not offer more memory for outputs than it was given", async () => {
    const bytes = await assemble(program(""));
    const limits = { outputBytes: 60, stdoutBytes: 60 };
    await expect(prepared(bytes, { limits }, { maxOutputBytes: 100 })).rejects.toMatchObject({
      code: "output-limit",
      reason: "limit-exceeded",
    });
  });

  test("refuses input that is too large, and links", async () => {
    const bytes = await assemble(program(""));
    const inputFolder = await makeTree({ a: "x".repeat(60), "b/c": "x".repeat(60) });
    await expect(prepared(bytes, {}, { inputFolder, maxInputBytes: 100 })).rejects.toMatchObject({
      code: "input-too-large",
      reason: "limit-exceeded",
    });
    await symlink("/etc/passwd", join(inputFolder, "link"));
    await expect(prepared(bytes, {}, { inputFolder })).rejects.toMatchObject({
      code: "input-entry",
      reason: "input-unavailable",
    });
  });

  test("stops when aborted", async () => {
    const workFolder = await scratchFolder();
    const reason = new TypeError("stop");
    await expect(
      createWasmEngine().prepare({ program: wasmProgram(), workFolder }, AbortSignal.abort(reason)),
    ).rejects.toMatchObject({ code: "artifact-missing" });
    const inputFolder = await makeTree({ a: "x" });
    const artifactPath = join(inputFolder, "a");
    await expect(
      createWasmEngine().prepare(
        { program: wasmProgram(), workFolder, artifactPath },
        AbortSignal.abort(reason),
      ),
    ).rejects.toBe(reason);
  });

  test("the probe names the runtime", async () => {
    expect(await createWasmEngine().probe(NEVER)).toMatchObject({
      available: true,
      version: process.versions.v8,
    });
  });
});
