/** What a run of the module left behind. */
interface HostRun {
  readonly exitCode: number;
  readonly stderr: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly memoryBytes: number;
}

interface OpenFile {
  readonly path: string;
  bytes: Uint8Array;
  offset: number;
}

class Exit {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

const ERRNO_BADF = 8;
const ERRNO_NOENT = 44;
const PREOPENS = new Map([
  [3, "/in"],
  [4, "/out"],
  [5, "/"],
]);

/**
 * Just enough WASI to run the path tracer over files held in memory, named by absolute path.
 * The real sandbox is the executor's; here only the module is under test.
 */
export function runModule(
  module: WebAssembly.Module,
  inputs: Readonly<Record<string, Uint8Array | string>>,
): HostRun {
  const open = new Map<number, OpenFile>();
  const written = new Map<string, Uint8Array>();
  let stderr = "";
  let memory = new WebAssembly.Memory({ initial: 0 });
  const view = (): DataView => new DataView(memory.buffer);
  const slice = (pointer: number, length: number): Uint8Array =>
    new Uint8Array(memory.buffer, pointer, length);
  const buffer = (vectors: number): Uint8Array =>
    slice(view().getUint32(vectors, true), view().getUint32(vectors + 4, true));

  const wasi = {
    fd_prestat_get(fd: number, target: number): number {
      const name = PREOPENS.get(fd);
      if (name === undefined) return ERRNO_BADF;
      view().setUint32(target, 0, true);
      view().setUint32(target + 4, name.length, true);
      return 0;
    },
    fd_prestat_dir_name(fd: number, target: number, length: number): number {
      slice(target, length).set(new TextEncoder().encode(PREOPENS.get(fd)));
      return 0;
    },
    path_open(...[folder, , path, length, flags, , , , target]: number[]): number {
      const name = new TextDecoder().decode(slice(path as number, length as number));
      const full = `${PREOPENS.get(folder as number)}/${name}`.replace("//", "/");
      const input = inputs[full];
      if (input === undefined && flags === 0) return ERRNO_NOENT;
      const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
      const fd = 10 + open.size;
      open.set(fd, { path: full, bytes: bytes ?? new Uint8Array(), offset: 0 });
      view().setUint32(target as number, fd, true);
      return 0;
    },
    fd_read(fd: number, vectors: number, _count: number, target: number): number {
      const file = open.get(fd);
      if (file === undefined) return ERRNO_BADF;
      const space = buffer(vectors);
      const part = file.bytes.subarray(file.offset, file.offset + space.length);
      space.set(part);
      file.offset += part.length;
      view().setUint32(target, part.length, true);
      return 0;
    },
    fd_write(fd: number, vectors: number, _count: number, target: number): number {
      const data = Uint8Array.from(buffer(vectors));
      const file = open.get(fd);
      if (fd === 2) stderr += new TextDecoder().decode(data);
      else if (file === undefined) return ERRNO_BADF;
      else
        written.set(
          file.path,
          Buffer.concat([written.get(file.path) ?? [], data].map(Buffer.from)),
        );
      view().setUint32(target, data.length, true);
      return 0;
    },
    fd_close: (): number => 0,
    proc_exit(code: number): never {
      throw new Exit(code);
    },
  };

  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory as WebAssembly.Memory;
  let exitCode = 0;
  try {
    (instance.exports._start as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    exitCode = error.code;
  }
  return { exitCode, stderr, files: written, memoryBytes: memory.buffer.byteLength };
}
