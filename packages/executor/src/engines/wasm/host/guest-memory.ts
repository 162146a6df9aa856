import { wasiError } from "./errno.ts";

const IOVEC_BYTES = 8;
const MAX_IOVECS = 1_024;

/**
 * The guest's linear memory behind bounds checks: an address outside it is the guest's error
 * number `fault`. Views are taken anew for each access, since growth detaches the buffer.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A view that is valid until the guest runs again. */
  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    const start = address >>> 0;
    const count = length >>> 0;
    const { buffer } = this.#memory;
    if (start + count > buffer.byteLength) throw wasiError("fault");
    return new Uint8Array(buffer, start, count);
  }

  view(address: number, length: number): DataView<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = this.bytes(address, length);
    return new DataView(buffer, byteOffset, byteLength);
  }

  readU32(address: number): number {
    return this.view(address, 4).getUint32(0, true);
  }

  writeU32(address: number, value: number): void {
    this.view(address, 4).setUint32(0, value, true);
  }

  writeU64(address: number, value: bigint): void {
    this.view(address, 8).setBigUint64(0, BigInt.asUintN(64, value), true);
  }

  write(address: number, content: Uint8Array): void {
    this.bytes(address, content.length).set(content);
  }

  /** The buffers that a list of `{address, length}` pairs names. */
  buffers(list: number, count: number): Uint8Array<ArrayBuffer>[] {
    if (count >>> 0 > MAX_IOVECS) throw wasiError("inval");
    const pairs = this.view(list, count * IOVEC_BYTES);
    return Array.from({ length: count }, (_, index) =>
      this.bytes(
        pairs.getUint32(index * IOVEC_BYTES, true),
        pairs.getUint32(index * IOVEC_BYTES + 4, true),
      ),
    );
  }

  /** A string of UTF-8 without NUL. */
  text(address: number, length: number): string {
    const bytes = this.bytes(address, length);
    if (bytes.includes(0)) throw wasiError("ilseq");
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) throw wasiError("ilseq");
      throw error;
    }
  }
}
