import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openWabt from "wabt";

/** Copies /in/secret.txt to standard output and to /out/copy.txt; exit code 9 when there is none. */
const COPY = `(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 4)
  (data (i32.const 100) "secret.txt")
  (data (i32.const 120) "copy.txt")
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 10) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 40))
      (then (call $exit (i32.const 9))))
    (if (call $open (i32.const 4) (i32.const 0) (i32.const 120) (i32.const 8) (i32.const 1)
          (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 44))
      (then (call $exit (i32.const 8))))
    (i32.store (i32.const 0) (i32.const 1024))
    (loop $more
      (i32.store (i32.const 4) (i32.const 65536))
      (drop (call $read (i32.load (i32.const 40)) (i32.const 0) (i32.const 1) (i32.const 20)))
      (if (i32.load (i32.const 20))
        (then
          (i32.store (i32.const 4) (i32.load (i32.const 20)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 24)))
          (drop (call $write (i32.load (i32.const 44)) (i32.const 0) (i32.const 1) (i32.const 24)))
          (br $more))))))`;

const PROGRAM = {
  deco: "program/1",
  engine: "wasm",
  module: { file: "copy.wasm" },
  stdout: true,
  limits: {
    ...{ memoryBytes: 1_048_576, outputBytes: 1_000_000, stdoutBytes: 1_000_000, wallSeconds: 10 },
    fuel: "10000000",
  },
};

const JOB = {
  deco: "job/1",
  name: "copy",
  program: { file: "program.json" },
  input: { files: { folder: "in" } },
  price: { min: "0.1", max: "1" },
  maxReplicas: 3,
  windows: { claimSeconds: 90, commitSeconds: 120, revealSeconds: 30 },
};

/**
 * Writes a job that copies a secret, which is its input.
 * @returns path of the job file
 */
export async function writeCopyingJob(
  folder: string,
  secret: string,
  changes: object = {},
): Promise<string> {
  await mkdir(join(folder, "in"), { recursive: true });
  await writeFile(join(folder, "in", "secret.txt"), secret);
  const wabt = await openWabt();
  const { buffer } = wabt.parseWat("copy.wat", COPY).toBinary({});
  await writeFile(join(folder, "copy.wasm"), buffer);
  await writeFile(join(folder, "program.json"), JSON.stringify(PROGRAM));
  const path = join(folder, "job.json");
  await writeFile(path, JSON.stringify({ ...JOB, ...changes }));
  return path;
}
