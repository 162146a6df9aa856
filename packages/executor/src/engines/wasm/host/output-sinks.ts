import { wasiError } from "./errno.ts";

const STDERR_TAIL_BYTES = 64 * 1024;

/** Collects standard output up to a limit; a write that would pass it fails whole. */
export class BoundedSink {
  readonly #limit: number;
  #buffer = new Uint8Array(1_024);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get content(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** @throws WasiError `nospc` beyond the limit. */
  write(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#limit) throw wasiError("nospc");
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#limit, length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
  }
}

/** Keeps the last 64 KiB of standard error, for the operator's log. */
export class TailSink {
  readonly #buffer = new Uint8Array(2 * STDERR_TAIL_BYTES);
  #length = 0;

  get content(): Uint8Array {
    return this.#buffer.slice(Math.max(0, this.#length - STDERR_TAIL_BYTES), this.#length);
  }

  write(chunk: Uint8Array): void {
    const tail = chunk.subarray(Math.max(0, chunk.length - STDERR_TAIL_BYTES));
    if (this.#length + tail.length > this.#buffer.length) {
      const keep = STDERR_TAIL_BYTES - tail.length;
      this.#buffer.copyWithin(0, this.#length - keep, this.#length);
      this.#length = keep;
    }
    this.#buffer.set(tail, this.#length);
    this.#length += tail.length;
  }
}
