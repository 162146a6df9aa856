import type { Stream } from "@libp2p/interface";
import { byteStream } from "@libp2p/utils";

import { P2pError } from "../errors.ts";

/** Most bytes of one message. */
export const MAX_MESSAGE_BYTES = 65_536;

const LENGTH_BYTES = 4;

/** Whole messages over one stream: four bytes of length, most significant first, then as many bytes. */
export interface Frames {
  /**
   * @throws P2pError `message-too-large` before its bytes are read; libp2p's errors when the stream
   * ends early
   */
  read(signal: AbortSignal): Promise<Uint8Array>;
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}

/** Reads and writes messages of at most {@link MAX_MESSAGE_BYTES}; no peer can make it hold more. */
export function framesOver(stream: Stream): Frames {
  // One message each way, so what a peer sends beyond it may overflow and reset the stream.
  const bytes = byteStream(stream, { maxBufferSize: 2 * (MAX_MESSAGE_BYTES + LENGTH_BYTES) });
  return {
    async read(signal) {
      const prefix = (await bytes.read({ bytes: LENGTH_BYTES, signal })).subarray();
      const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getUint32(0);
      if (length > MAX_MESSAGE_BYTES) throw tooLarge(length);
      if (length === 0) return new Uint8Array();
      return (await bytes.read({ bytes: length, signal })).subarray();
    },
    async write(message, signal) {
      if (message.length > MAX_MESSAGE_BYTES) throw tooLarge(message.length);
      const framed = new Uint8Array(LENGTH_BYTES + message.length);
      new DataView(framed.buffer).setUint32(0, message.length);
      framed.set(message, LENGTH_BYTES);
      await bytes.write(framed, { signal });
    },
  };
}

function tooLarge(length: number): P2pError {
  return new P2pError(
    "message-too-large",
    `A message of ${length} bytes; ${MAX_MESSAGE_BYTES} are allowed.`,
  );
}
