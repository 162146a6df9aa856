import {
  bagResultOf,
  bagSchema,
  decodeDocument,
  digestToCid,
  documentDigest,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import { type Storage, StorageError } from "@deco-network/storage";
import { bytesToHex, hexToBytes } from "viem";

import type { AcceptedOpening } from "../market/market-reader.ts";
import { bagRoot } from "./bag-root.ts";

/** Genuine content that does not make up the accepted result: nobody could deliver it. */
export class ResultUnusable extends Error {
  override readonly name = "ResultUnusable";
}

const DIGEST_BYTES = 32;

/**
 * Fetches and pins everything that an accepted result names, as somebody has to who wants its outputs.
 * Every block is verified; sizes and a bag's Merkle root are compared with what was accepted.
 * @param maxBytes of the outputs together
 * @throws ResultUnusable, DecoDocumentError: it never can be had; StorageError: not now, or too large
 */
export async function holdResult(
  storage: Storage,
  accepted: AcceptedOpening,
  volume: number,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const before = new Set(await storage.pins());
  const holder = new Holder(storage, maxBytes, signal);
  try {
    await holdAll(holder, accepted, volume, signal);
  } catch (error) {
    // What was fetched stays until garbage collection, for the next attempt; nothing is kept for good.
    for (const cid of holder.pinned) if (!before.has(cid)) await storage.unpin(cid);
    throw error;
  }
}

async function holdAll(
  holder: Holder,
  accepted: AcceptedOpening,
  volume: number,
  signal: AbortSignal,
): Promise<void> {
  if (volume === 1) {
    await holder.holdRun(decodeDocument(resultSchema, await holder.document(accepted)));
    return;
  }
  const manifest = decodeDocument(bagSchema, await holder.document(accepted));
  const list = await holder.list(manifest.items, volume);
  const root = await bagRoot(list, signal);
  const is = bagResultOf(root, accepted.digest);
  if (manifest.count !== volume || is !== accepted.result) {
    throw new ResultUnusable("The list of item results is not what was accepted.");
  }
  for (let at = 0; at < list.length; at += DIGEST_BYTES) {
    const digest = bytesToHex(list.subarray(at, at + DIGEST_BYTES));
    const bytes = await holder.document({ digest, document: "0x" });
    await holder.holdRun(decodeDocument(resultSchema, bytes));
  }
}

class Holder {
  readonly #storage: Storage;
  readonly #signal: AbortSignal;
  #left: number;
  /** What it pinned, in order. */
  readonly pinned: string[] = [];

  constructor(storage: Storage, maxBytes: number, signal: AbortSignal) {
    this.#storage = storage;
    this.#left = maxBytes;
    this.#signal = signal;
  }

  /** From the settlement itself when that carries it. */
  async document({
    digest,
    document,
  }: Pick<AcceptedOpening, "digest" | "document">): Promise<Uint8Array> {
    const signal = this.#signal;
    const carried = hexToBytes(document);
    if (carried.length > 0 && documentDigest(carried) === digest) {
      const { cid } = await this.#storage.addDocument(carried, { visibility: "public", signal });
      this.pinned.push(cid);
      return carried;
    }
    await this.#pin(digestToCid(digest), {});
    return await this.#storage.getDocument(digest, { offline: true, signal });
  }

  async list(cid: string, volume: number): Promise<Uint8Array> {
    const maxBytes = volume * DIGEST_BYTES;
    const chunks: Uint8Array[] = [];
    const limits = { maxBytes, signal: this.#signal };
    for await (const chunk of this.#storage.readFile(cid, limits)) chunks.push(chunk);
    const list = Buffer.concat(chunks);
    if (list.length !== maxBytes) throw new ResultUnusable("The list of item results is short.");
    await this.#pin(cid, { maxBytes: 2 * maxBytes + OVERHEAD_BYTES });
    return list;
  }

  async holdRun({ outputs, stdout }: ResultDocument): Promise<void> {
    if (outputs && "cid" in outputs) await this.#hold(outputs);
    if (stdout && "cid" in stdout) await this.#hold(stdout);
  }

  async #hold({ cid, bytes }: { readonly cid: string; readonly bytes: number }): Promise<void> {
    const signal = this.#signal;
    this.#left -= bytes;
    if (this.#left < 0) {
      throw new StorageError("limit-exceeded", "The outputs exceed what there is room for.", {
        remedy: "Give the executor more disk (capacity.diskBytes).",
      });
    }
    // Folders have blocks beside the files' content.
    await this.#pin(cid, { maxBytes: 2 * bytes + OVERHEAD_BYTES });
    const found = await this.#storage.stat(cid, { offline: true, signal });
    if (found.bytes !== bytes) {
      throw new ResultUnusable(`${found.bytes} bytes are stored, ${bytes} were declared.`);
    }
  }

  async #pin(cid: string, limits: { readonly maxBytes?: number }): Promise<void> {
    await this.#storage.pin(cid, { ...limits, signal: this.#signal });
    this.pinned.push(cid);
  }
}

const OVERHEAD_BYTES = 2 ** 24;
