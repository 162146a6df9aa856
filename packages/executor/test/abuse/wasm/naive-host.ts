import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** What came of a run in the naive host. */
export interface NaiveRun {
  readonly exitCode: number;
  readonly stdout: string;
}

class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super();
    this.code = code;
  }
}

const SUCCESS = 0;
const FAILED = 44;
const CREATE = 1;

/**
 * A host as one would write it first: the machine's files, clock, randomness and environment,
 * every import that is asked for, no fuel, no bound of memory, stack, tables and outputs.
 */
export async function runNaively(
  bytes: Uint8Array<ArrayBuffer>,
  folders: { readonly input: string; readonly output: string },
): Promise<NaiveRun> {
  const stdout: Buffer[] = [];
  const files = new Map<number, { path: string; bytes: Buffer }>();
  const roots: Record<number, string> = { 3: folders.input, 4: folders.output };
  let memory: WebAssembly.Memory | undefined;
  const view = () => new DataView((memory as WebAssembly.Memory).buffer);
  const text = (at: number, length: number) =>
    Buffer.from((memory as WebAssembly.Memory).buffer, at, length).toString();
  // Joined as written: an absolute path begins anew, and `..` leads out.
  const path = (fd: number, at: number, length: number) => {
    const given = text(at, length);
    return given.startsWith("/") ? given : join(roots[fd] ?? "/", given);
  };
  const trying = (action: () => void) => {
    try {
      action();
      return SUCCESS;
    } catch {
      return FAILED;
    }
  };
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}\0`);
  const wasi: Record<string, (...args: never[]) => unknown> = {
    proc_exit(code: number) {
      throw new Exit(code);
    },
    clock_time_get(_id: number, _precision: bigint, at: number) {
      view().setBigUint64(
        at,
        BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n),
        true,
      );
      return SUCCESS;
    },
    random_get(at: number, length: number) {
      crypto.getRandomValues(new Uint8Array((memory as WebAssembly.Memory).buffer, at, length));
      return SUCCESS;
    },
    environ_sizes_get(count: number, size: number) {
      view().setUint32(count, environment.length, true);
      view().setUint32(size, environment.join("").length, true);
      return SUCCESS;
    },
    fd_write(fd: number, list: number, count: number, written: number) {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const [at, length] = [
          view().getUint32(list + 8 * i, true),
          view().getUint32(list + 8 * i + 4, true),
        ];
        const part = Buffer.from(Buffer.from((memory as WebAssembly.Memory).buffer, at, length));
        if (fd === 1) stdout.push(part);
        const file = files.get(fd);
        if (file) file.bytes = Buffer.concat([file.bytes, part]);
        total += length;
      }
      view().setUint32(written, total, true);
      return SUCCESS;
    },
    fd_read(fd: number, list: number, _count: number, read: number) {
      const bytes = fd === 0 ? Buffer.from("deco-abuse") : files.get(fd)?.bytes;
      if (bytes === undefined) return FAILED;
      const at = view().getUint32(list, true);
      new Uint8Array((memory as WebAssembly.Memory).buffer).set(bytes.subarray(0, 16), at);
      view().setUint32(read, Math.min(16, bytes.length), true);
      return SUCCESS;
    },
    path_open(
      fd: number,
      _look: number,
      at: number,
      length: number,
      open: number,
      _r: bigint,
      _i: bigint,
      _f: number,
      result: number,
    ) {
      return trying(() => {
        const target = path(fd, at, length);
        if (open & CREATE) writeFileSync(target, "");
        const number = 10 + files.size;
        files.set(number, { path: target, bytes: readFileSync(target) });
        view().setUint32(result, number, true);
      });
    },
    path_create_directory: (fd: number, at: number, length: number) =>
      trying(() => mkdirSync(path(fd, at, length))),
    path_symlink: (from: number, fromLength: number, fd: number, at: number, length: number) =>
      trying(() => symlinkSync(text(from, fromLength), path(fd, at, length))),
    path_link: (
      fd: number,
      _flags: number,
      from: number,
      fromLength: number,
      to: number,
      at: number,
      length: number,
    ) => trying(() => linkSync(path(fd, from, fromLength), path(to, at, length))),
    path_rename: (
      fd: number,
      from: number,
      fromLength: number,
      to: number,
      at: number,
      length: number,
    ) => trying(() => renameSync(path(fd, from, fromLength), path(to, at, length))),
    path_unlink_file: (fd: number, at: number, length: number) =>
      trying(() => unlinkSync(path(fd, at, length))),
    poll_oneoff(list: number) {
      const millis = Number(view().getBigUint64(list + 24, true) / 1_000_000n);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
      return SUCCESS;
    },
  };
  const module = await WebAssembly.compile(bytes);
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const found = from === "wasi_snapshot_preview1" ? wasi[name] : undefined;
    const own = kind === "function" && typeof found === "function" ? found : undefined;
    const space: Record<string, WebAssembly.ImportValue> = imports[from] ?? {};
    Object.defineProperty(space, name, { value: own ?? anything(kind), enumerable: true });
    imports[from] = space;
  }
  const instance = new WebAssembly.Instance(module, imports);
  memory = instance.exports["memory"] as WebAssembly.Memory;
  try {
    (instance.exports["_start"] as () => void)();
    return { exitCode: 0, stdout: Buffer.concat(stdout).toString("latin1") };
  } catch (error) {
    const exitCode = error instanceof Exit ? error.code : 255;
    return { exitCode, stdout: Buffer.concat(stdout).toString("latin1") };
  }
}

/** Something of the kind that a module asks for. */
function anything(kind: WebAssembly.ImportExportKind): WebAssembly.ImportValue {
  switch (kind) {
    case "function":
      return () => SUCCESS;
    case "memory":
      return new WebAssembly.Memory({ initial: 1, maximum: 2 });
    case "table":
      return new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    case "global":
      return new WebAssembly.Global({ value: "i64" }, 0n);
    default:
      throw new TypeError(kind);
  }
}
