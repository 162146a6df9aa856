import { ByteSource } from "@deco-network/archive";

import { tarFailure } from "../tar/read-tar.ts";

/** Reads a container's attached streams within bounds, whatever the program writes. */
export interface StreamCapture {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface StreamBounds {
  readonly stdoutBytes: number;
  /** Total that may be written to standard error. */
  readonly stderrBytes: number;
  /** How much of its end is kept. */
  readonly stderrTail: number;
  /** Told of standard error as it comes, up to its bound. */
  readonly onStderr?: ((bytes: Uint8Array) => void) | undefined;
}

const HEADER = 8;
const STDERR = 2;

/**
 * Takes the engine's multiplexed stream apart until it ends. On the first byte beyond a bound
 * `onExceeded` is called once, with the stream's name, and the rest is discarded.
 */
export async function captureStreams(
  source: AsyncIterable<Uint8Array>,
  bounds: StreamBounds,
  onExceeded: (stream: "stdout" | "stderr") => void,
): Promise<StreamCapture> {
  const bytes = new ByteSource(source, tarFailure);
  const stdout: Uint8Array[] = [];
  const stderr = new Tail(bounds.stderrTail);
  const total = { stdout: 0, stderr: 0 };
  let exceeded = false;
  for (;;) {
    const header = await bytes.take(HEADER);
    if (header === undefined) break;
    const stream = header[0] === STDERR ? "stderr" : "stdout";
    const size = Buffer.from(header.buffer, header.byteOffset).readUInt32BE(4);
    for await (const part of bytes.window(size)) {
      total[stream] += part.length;
      const limit = stream === "stdout" ? bounds.stdoutBytes : bounds.stderrBytes;
      if (total[stream] > limit) {
        if (!exceeded) onExceeded(stream);
        exceeded = true;
      } else if (stream === "stdout") {
        stdout.push(part.slice());
      } else {
        stderr.push(part);
        bounds.onStderr?.(part);
      }
    }
  }
  return { stdout: Buffer.concat(stdout), stderr: stderr.bytes() };
}

/** The last `size` bytes of what was pushed. */
class Tail {
  readonly #size: number;
  #kept: Buffer = Buffer.alloc(0);

  constructor(size: number) {
    this.#size = size;
  }

  push(part: Uint8Array): void {
    this.#kept = Buffer.concat([this.#kept, part]);
    if (this.#kept.length > this.#size) {
      this.#kept = Buffer.from(this.#kept.subarray(this.#kept.length - this.#size));
    }
  }

  bytes(): Uint8Array {
    return this.#kept;
  }
}
