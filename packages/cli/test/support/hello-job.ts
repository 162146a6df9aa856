import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openWabt from "wabt";

/** Greets on standard output. */
const HELLO = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "hello\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 100))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))`;

const PROGRAM = {
  deco: "program/1",
  engine: "wasm",
  module: { file: "hello.wasm" },
  stdout: true,
  limits: {
    ...{ memoryBytes: 1_048_576, outputBytes: 1_000, stdoutBytes: 1_000, wallSeconds: 10 },
    fuel: "1000000",
  },
};

const JOB = {
  deco: "job/1",
  name: "hello",
  program: { file: "program.json" },
  price: { min: "0.1", max: "1" },
  maxReplicas: 3,
  windows: { claimSeconds: 30, commitSeconds: 120, revealSeconds: 30 },
};

/**
 * Writes a tiny job and its program.
 * @returns path of the job file
 */
export async function writeHelloJob(folder: string, changes: object = {}): Promise<string> {
  await mkdir(folder, { recursive: true });
  const wabt = await openWabt();
  const { buffer } = wabt.parseWat("hello.wat", HELLO).toBinary({});
  await writeFile(join(folder, "hello.wasm"), buffer);
  await writeFile(join(folder, "program.json"), JSON.stringify(PROGRAM));
  const path = join(folder, "job.json");
  await writeFile(path, JSON.stringify({ ...JOB, ...changes }));
  return path;
}
