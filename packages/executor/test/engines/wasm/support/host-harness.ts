import { DescriptorTable } from "../../../../src/engines/wasm/host/descriptors.ts";
import { ERRNO, type ErrnoName } from "../../../../src/engines/wasm/host/errno.ts";
import { type CheckpointFolder, FileTree } from "../../../../src/engines/wasm/host/file-tree.ts";
import { FuelGauge } from "../../../../src/engines/wasm/host/fuel-gauge.ts";
import type { Guest } from "../../../../src/engines/wasm/host/guest.ts";
import { GuestMemory } from "../../../../src/engines/wasm/host/guest-memory.ts";
import { BoundedSink, TailSink } from "../../../../src/engines/wasm/host/output-sinks.ts";
import { RandomStream } from "../../../../src/engines/wasm/host/random-stream.ts";
import { VirtualClock } from "../../../../src/engines/wasm/host/virtual-clock.ts";
import { wasiHost } from "../../../../src/engines/wasm/host/wasi-host.ts";
import type { WasiFunctionName } from "../../../../src/engines/wasm/host/wasi-imports.ts";

const ERROR_NAMES = new Map<number, string>(
  Object.entries(ERRNO).map(([name, number]) => [number, name]),
);

export const RIGHTS = { read: 2n, write: 64n, both: 66n };
export const OPEN = { create: 1, folder: 2, exclusive: 4, truncate: 8 };
/** Descriptors that are open from the start. */
export const FD = { stdin: 0, stdout: 1, stderr: 2, in: 3, out: 4, root: 5, checkpoint: 6 };

export interface HarnessOptions {
  readonly fuel?: bigint;
  readonly outputBytes?: number;
  readonly stdoutBytes?: number;
  readonly input?: Record<string, string>;
  readonly itemIndex?: number;
  readonly checkpoints?: CheckpointFolder;
}

type HostFunctions = Record<WasiFunctionName, (...args: (number | bigint)[]) => number>;

/** The host functions around a real memory, called as a guest would call them. */
export class HostHarness {
  readonly memory = new WebAssembly.Memory({ initial: 4 });
  readonly fuel: WebAssembly.Global<"i64">;
  readonly files: FileTree;
  readonly stdout: BoundedSink;
  readonly stderr = new TailSink();
  readonly #imports: HostFunctions;
  /** Where the next argument is put; results lie below 1024. */
  #free = 1_024;

  constructor(options: HarnessOptions = {}) {
    this.fuel = new WebAssembly.Global({ value: "i64", mutable: true }, options.fuel ?? 2n ** 40n);
    this.files = new FileTree(options.outputBytes ?? 65_536, options.checkpoints);
    this.stdout = new BoundedSink(options.stdoutBytes ?? 65_536);
    for (const [path, text] of Object.entries(options.input ?? {})) {
      this.files.addInput(this.files.input, path, Buffer.from(text));
    }
    const gauge = new FuelGauge(this.fuel);
    const guest: Guest = {
      memory: new GuestMemory(this.memory),
      fuel: gauge,
      clock: new VirtualClock(gauge),
      random: new RandomStream(new Uint8Array(32), options.itemIndex),
      files: this.files,
      descriptors: new DescriptorTable([
        { kind: "input" },
        { kind: "sink", write: (chunk) => this.stdout.write(chunk) },
        { kind: "sink", write: (chunk) => this.stderr.write(chunk) },
        { kind: "folder", node: this.files.input, preopened: "/in" },
        { kind: "folder", node: this.files.output, preopened: "/out" },
        { kind: "folder", node: this.files.root, preopened: "/" },
        ...(this.files.checkpoint
          ? [{ kind: "folder", node: this.files.checkpoint, preopened: "/checkpoint" } as const]
          : []),
      ]),
      args: ["program", "täst"],
      environment: ["A=1", "B=zwei"],
    };
    this.#imports = wasiHost(() => guest).wasi_snapshot_preview1 as unknown as HostFunctions;
  }

  /** Calls a function and returns the name of its error number. */
  call(name: WasiFunctionName, ...args: (number | bigint)[]): ErrnoName | string {
    const result = this.#imports[name](...args);
    return ERROR_NAMES.get(result) ?? `errno ${result}`;
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  bytes(address: number, length: number): Buffer {
    return Buffer.from(this.memory.buffer, address, length);
  }

  /** Puts bytes into the memory and returns `[address, length]`. */
  put(content: string | Uint8Array): [address: number, length: number] {
    const bytes = Buffer.from(content as string);
    if (this.#free + bytes.length > 98_304) this.reset();
    const address = this.#free;
    this.bytes(address, bytes.length).set(bytes);
    this.#free += Math.ceil((bytes.length + 1) / 8) * 8;
    return [address, bytes.length];
  }

  /** Forgets the arguments put so far. */
  reset(): void {
    this.#free = 1_024;
  }

  /** A list of one buffer, as `[address, count]`. */
  vector(address: number, length: number): [list: number, count: number] {
    const entry = Buffer.alloc(8);
    entry.writeUInt32LE(address, 0);
    entry.writeUInt32LE(length, 4);
    return [this.put(entry)[0], 1];
  }

  open(
    folder: number,
    path: string,
    flags = 0,
    rights: bigint = RIGHTS.read,
    fdflags = 0,
  ): number | string {
    const error = this.call(
      "path_open",
      folder,
      0,
      ...this.put(path),
      flags,
      rights,
      0n,
      fdflags,
      0,
    );
    return error === "success" ? this.view.getUint32(0, true) : error;
  }

  /** Opens what must be there. */
  opened(...args: Parameters<HostHarness["open"]>): number {
    const fd = this.open(...args);
    if (typeof fd === "string") throw new TypeError(`cannot open ${args[1]}: ${fd}`);
    return fd;
  }

  write(fd: number, content: string | Uint8Array): number | string {
    const error = this.call("fd_write", fd, ...this.vector(...this.put(content)), 0);
    return error === "success" ? this.view.getUint32(0, true) : error;
  }

  read(fd: number, length: number): string {
    const error = this.call("fd_read", fd, ...this.vector(131_072, length), 0);
    if (error !== "success") return error;
    return this.bytes(131_072, this.view.getUint32(0, true)).toString();
  }
}
