import { type ArchiveFailure, archiveFailure } from "../errors.ts";

/** A part of a byte source, readable once and skippable. */
export interface Window extends AsyncIterable<Uint8Array> {
  skip(): Promise<void>;
}

/** Pulls exact amounts of bytes out of a stream of chunks, holding one chunk at a time. */
export class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  /** Bytes handed out so far. */
  position = 0;

  readonly #fail: ArchiveFailure;

  /** @param fail Makes the error of a source that ends too early; default {@link ArchiveError}. */
  constructor(source: AsyncIterable<Uint8Array>, fail: ArchiveFailure = archiveFailure) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#fail = fail;
  }

  /** Up to `limit` bytes as they come; undefined at the end. */
  async some(limit = Number.MAX_SAFE_INTEGER): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#iterator.next();
      if (next.done) return undefined;
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, limit);
    this.#chunk = this.#chunk.subarray(part.length);
    this.position += part.length;
    return part;
  }

  /** Exactly `size` bytes; undefined when the source ends before the first of them. */
  async take(size: number): Promise<Uint8Array | undefined> {
    const result = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const part = await this.some(size - filled);
      if (part === undefined) {
        if (filled === 0) return undefined;
        throw this.#cutOff();
      }
      result.set(part, filled);
      filled += part.length;
    }
    return result;
  }

  async skip(size: number): Promise<void> {
    let left = size;
    while (left > 0) {
      const part = await this.some(left);
      if (part === undefined) throw this.#cutOff();
      left -= part.length;
    }
  }

  /** The next `size` bytes as a stream of their own. */
  window(size: number): Window {
    let left = size;
    const read = async (): Promise<Uint8Array | undefined> => {
      if (left === 0) return undefined;
      const part = await this.some(left);
      if (part === undefined) throw this.#cutOff();
      left -= part.length;
      return part;
    };
    return {
      async *[Symbol.asyncIterator]() {
        for (let part = await read(); part !== undefined; part = await read()) yield part;
      },
      async skip() {
        while ((await read()) !== undefined);
      },
    };
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  #cutOff(): Error {
    return this.#fail("tar-malformed", "Tar: the archive is cut off");
  }
}
