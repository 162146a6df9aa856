import { ModuleRefused } from "./refusal.ts";

/** Reads the primitive encodings of the WebAssembly binary format from a window of bytes. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    if (this.offset >= this.end) throw this.malformed("unexpected end");
    return this.bytes[this.offset++] as number;
  }

  /** Skips `count` bytes and returns where they began. */
  skip(count: number): number {
    const start = this.offset;
    if (count > this.end - start) throw this.malformed("unexpected end");
    this.offset = start + count;
    return start;
  }

  /** A reader over the next `count` bytes, which this reader skips. */
  window(count: number): ByteReader {
    const start = this.skip(count);
    return new ByteReader(this.bytes, start, start + count);
  }

  u32(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
    throw this.malformed("integer too long");
  }

  /** A length-prefixed count that must not pass `max`. */
  count(max: number, what: string): number {
    const count = this.u32();
    if (count > max)
      throw new ModuleRefused("too-large", `${count} ${what}; at most ${max} allowed`);
    return count;
  }

  s32(): number {
    return Number(this.signed(32));
  }

  /** Signed LEB128 of `bits` bits; 33 is the width of block types. */
  signed(bits: 32 | 33 | 64): bigint {
    const maxBytes = Math.ceil(bits / 7);
    let result = 0n;
    for (let index = 0; index < maxBytes; index++) {
      const byte = this.byte();
      result |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte >= 0x80) continue;
      const value = BigInt.asIntN(7 * (index + 1), result);
      if (BigInt.asIntN(bits, value) !== value) break;
      return value;
    }
    throw this.malformed("integer too long");
  }

  name(): string {
    const length = this.count(65_536, "bytes in a name");
    const start = this.skip(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        this.bytes.subarray(start, start + length),
      );
    } catch {
      throw this.malformed("name is not UTF-8");
    }
  }

  malformed(detail: string): ModuleRefused {
    return new ModuleRefused("malformed", `${detail} at byte ${this.offset}`);
  }
}
