import asc from "assemblyscript/asc";

/**
 * Small helpers over WASI that guests of these tests share. Nothing is allocated by the host, so
 * that plain memory addresses suffice.
 */
const PRELUDE = `
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, count: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, iovs: usize, count: i32, read: usize): i32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(dir: i32, lookup: i32, path: usize, length: i32, flags: i32,
  rights: i64, inheriting: i64, fdflags: i32, fd: usize): i32;
@external("wasi_snapshot_preview1", "path_create_directory")
declare function path_create_directory(dir: i32, path: usize, length: i32): i32;
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, buffer: usize): i32;
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(id: i32, precision: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(address: usize, length: i32): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

const IN = 3, OUT = 4, ROOT = 5;

function open(dir: i32, path: string, write: bool): i32 {
  const bytes = String.UTF8.encode(path);
  const result = new ArrayBuffer(4);
  const error = path_open(dir, 0, changetype<usize>(bytes), bytes.byteLength, write ? 9 : 0,
    write ? 66 : 2, 0, 0, changetype<usize>(result));
  return error == 0 ? load<i32>(changetype<usize>(result)) : -error;
}
function writeBytes(fd: i32, bytes: ArrayBuffer): i32 {
  const vector = new ArrayBuffer(12);
  const at = changetype<usize>(vector);
  store<usize>(at, changetype<usize>(bytes));
  store<i32>(at, bytes.byteLength, 4);
  return fd_write(fd, at, 1, at + 8);
}
function print(text: string): void { writeBytes(1, String.UTF8.encode(text + "\\n")); }
function writeFile(path: string, text: string): i32 {
  const fd = open(OUT, path, true);
  return fd < 0 ? -fd : writeBytes(fd, String.UTF8.encode(text));
}
function makeFolder(path: string): i32 {
  const bytes = String.UTF8.encode(path);
  return path_create_directory(OUT, changetype<usize>(bytes), bytes.byteLength);
}
function readFile(dir: i32, path: string): string {
  const fd = open(dir, path, false);
  if (fd < 0) return "error " + (-fd).toString();
  const buffer = new ArrayBuffer(65536);
  const vector = new ArrayBuffer(12);
  const at = changetype<usize>(vector);
  store<usize>(at, changetype<usize>(buffer));
  store<i32>(at, 65536, 4);
  fd_read(fd, at, 1, at + 8);
  return String.UTF8.decodeUnsafe(changetype<usize>(buffer), load<i32>(at, 8));
}
function environment(): string {
  const sizes = new ArrayBuffer(8);
  const at = changetype<usize>(sizes);
  environ_sizes_get(at, at + 4);
  const pointers = new ArrayBuffer(4 * load<i32>(at) + 4);
  const buffer = new ArrayBuffer(load<i32>(at, 4) + 1);
  environ_get(changetype<usize>(pointers), changetype<usize>(buffer));
  return String.UTF8.decodeUnsafe(changetype<usize>(buffer), load<i32>(at, 4)).replaceAll("\\0", ";");
}
function now(): u64 {
  const result = new ArrayBuffer(8);
  clock_time_get(0, 1, changetype<usize>(result));
  return load<u64>(changetype<usize>(result));
}
function randomWord(): u64 {
  const result = new ArrayBuffer(8);
  random_get(changetype<usize>(result), 8);
  return load<u64>(changetype<usize>(result));
}
`;

/** Compiles AssemblyScript with the helpers above to a module with `_start`. */
export async function compile(source: string): Promise<Uint8Array> {
  const files = new Map([["program.ts", PRELUDE + source]]);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...["program.ts", "--outFile", "program.wasm", "--exportStart", "_start"],
      ...["--use", "abort=", "--optimizeLevel", "2", "--noAssert"],
    ],
    {
      readFile: (name: string) => files.get(name) ?? null,
      writeFile(name: string, contents: string | Uint8Array) {
        if (name === "program.wasm") binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new TypeError(`${error}\n${stderr}`);
  return binary;
}
