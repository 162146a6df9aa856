import { open } from "node:fs/promises";

import { MAX_DOCUMENT_BYTES, MAX_VOLUME } from "@deco-network/sdk";
import { hexToBytes } from "viem";

import { abortedError, RequesterError } from "../errors.ts";
import type { ItemsSource } from "../job/draft.ts";
import { forEachParallel } from "../runtime/for-each-parallel.ts";
import type { Sink } from "./sink.ts";

/** The items as the input document names them. */
export interface PublishedItems {
  /** CID of the list of item digests. */
  readonly list: string;
  readonly count: number;
}

const DIGEST_BYTES = 32;
const PARALLEL = 8;

/**
 * Adds each item as one block, then the list of their digests.
 * @throws RequesterError `items-invalid`, `job-file-unreadable`, `aborted`
 */
export async function publishItems(
  sink: Sink,
  source: ItemsSource,
  signal: AbortSignal,
): Promise<PublishedItems> {
  if (source.kind === "stored") {
    await sink.keepItems(source.list, source.count);
    return { list: source.list, count: source.count };
  }
  const count = source.kind === "bytes" ? source.items.length : source.paths.length;
  if (count < 2 || count > MAX_VOLUME) {
    throw new RequesterError("items-invalid", `A bag cannot have ${count} items.`, {
      remedy: `A bag has 2 to ${MAX_VOLUME} items; leave "items" out for a single run.`,
    });
  }
  const digests = new Uint8Array(count * DIGEST_BYTES);
  await forEachParallel(count, PARALLEL, async (index) => {
    if (signal.aborted) throw abortedError(signal);
    const { digest } = await sink.document(await itemBytes(source, index));
    digests.set(hexToBytes(digest), index * DIGEST_BYTES);
  });
  return { list: (await sink.bytes(digests)).cid, count };
}

async function itemBytes(
  source: Exclude<ItemsSource, { kind: "stored" }>,
  index: number,
): Promise<Uint8Array> {
  const bytes =
    source.kind === "bytes" ? source.items[index] : await readItem(source.paths[index] ?? "");
  if (bytes !== undefined && bytes.length <= MAX_DOCUMENT_BYTES) return bytes;
  const name = source.kind === "files" ? `${index} (${source.paths[index]})` : `${index}`;
  throw new RequesterError("items-invalid", `Item ${name} is larger than one block.`, {
    remedy: `An item has at most ${MAX_DOCUMENT_BYTES} bytes; put large data into the input's files.`,
  });
}

/** Reads at most one byte more than an item may have, whatever the file holds meanwhile. */
async function readItem(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path, "r");
    try {
      const buffer = new Uint8Array(MAX_DOCUMENT_BYTES + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.slice(0, length);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new RequesterError("job-file-unreadable", `The item ${path} cannot be read.`, {
      remedy: "Check that it is a readable regular file.",
      cause,
    });
  }
}
