import { bagSchema, bagTree, decodeDocument, digestToCid, resultSchema } from "@deco-network/sdk";
import { isStorageError, type Storage } from "@deco-network/storage";
import { bytesToHex, type Hash, type Hex } from "viem";

import type { VotedResult } from "../journal/transition.ts";
import type { ShownLeaf } from "../market/calls.ts";
import { isSalted, type SealedResults } from "../privacy/sealed-results.ts";

const DIGEST_BYTES = 32;
const BATCH = 10_000;
/** Largest document that the market takes; see `Openings` of the contracts. */
export const MAX_DOCUMENT_BYTES = 16_384;

/** What becomes of a voted result: published when it won, thrown away when it lost. */
export class ResultStore {
  readonly #storage: Storage;
  readonly #sealed: SealedResults | undefined;

  /** @param sealed Takes over what nobody may see in the clear; absent: there are no private tasks. */
  constructor(storage: Storage, sealed?: SealedResults) {
    this.#storage = storage;
    this.#sealed = sealed;
  }

  /** The document's bytes if they are here, not larger than `maxBytes`, and anybody may see them. */
  async document(digest: Hash, maxBytes: number, signal: AbortSignal): Promise<Hex | undefined> {
    const bytes = await this.#load(digest, signal);
    if (bytes && isSalted(bytes)) return undefined;
    return bytes && bytes.length <= maxBytes ? bytesToHex(bytes) : undefined;
  }

  /** The result of one item of a bag, with its proof; undefined when the list is not here. */
  async leaf(
    { digest }: VotedResult,
    index: number,
    signal: AbortSignal,
  ): Promise<ShownLeaf | undefined> {
    const bytes = await this.#load(digest, signal);
    if (!bytes) return undefined;
    const list = await this.#list(decodeDocument(bagSchema, bytes).items, signal);
    const item = list.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
    if (item.length !== DIGEST_BYTES) return undefined;
    return { item: bytesToHex(item), proof: [...bagTree(list).proof(index), digest] };
  }

  /**
   * Makes everything that the result names public and pins it; of a private task's only the ciphertext, and the receipt.
   * Repeating it does nothing.
   */
  async publish(result: VotedResult, signal: AbortSignal): Promise<void> {
    const sealed = this.#sealed;
    if (sealed?.has(result.digest)) return await this.#publishSealed(sealed, result, signal);
    for await (const cids of this.#batches(result, signal)) await this.#storage.publish(cids);
  }

  /** Forgets what was staged. Repeating it does nothing. */
  async discard(result: VotedResult, signal: AbortSignal): Promise<void> {
    for await (const cids of this.#batches(result, signal)) await this.#storage.discard(cids);
    await this.#sealed?.forget(result.digest);
  }

  async #publishSealed(
    sealed: SealedResults,
    { digest, receipt }: VotedResult,
    signal: AbortSignal,
  ): Promise<void> {
    await sealed.publish(digest, signal);
    for await (const cids of this.#batches({ digest }, signal)) await this.#storage.discard(cids);
    if (receipt !== undefined && (await this.#load(receipt, signal))) {
      await this.#storage.publish(digestToCid(receipt));
    }
  }

  /** Lets garbage collection take a published result. */
  async unpin(result: VotedResult, signal: AbortSignal): Promise<void> {
    for await (const cid of this.#roots(result, signal)) await this.#storage.unpin(cid);
    await this.#sealed?.forget(result.digest);
  }

  /** Many roots in one call are far cheaper, but a bag may have millions. */
  async *#batches(result: VotedResult, signal: AbortSignal): AsyncGenerator<string[]> {
    let batch: string[] = [];
    for await (const cid of this.#roots(result, signal)) {
      batch.push(cid);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  /** Roots of everything that the result names, leaves first: parents are needed to find them. */
  async *#roots(
    { digest, root, receipt }: VotedResult,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    if (receipt !== undefined && (await this.#load(receipt, signal))) yield digestToCid(receipt);
    if (root === undefined) {
      yield* this.#rootsOfRun(digest, signal);
      return;
    }
    const bytes = await this.#load(digest, signal);
    if (!bytes) return;
    const manifest = decodeDocument(bagSchema, bytes);
    const list = await this.#list(manifest.items, signal);
    for (let at = 0; at + DIGEST_BYTES <= list.length; at += DIGEST_BYTES) {
      yield* this.#rootsOfRun(bytesToHex(list.subarray(at, at + DIGEST_BYTES)), signal);
    }
    yield manifest.items;
    yield digestToCid(digest);
  }

  async *#rootsOfRun(digest: Hash, signal: AbortSignal): AsyncGenerator<string> {
    const bytes = await this.#load(digest, signal);
    if (!bytes) return;
    const { outputs, stdout } = decodeDocument(resultSchema, bytes);
    if (outputs && "cid" in outputs) yield outputs.cid;
    if (stdout && "cid" in stdout) yield stdout.cid;
    yield digestToCid(digest);
  }

  async #list(cid: string, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of this.#storage.readFile(cid, { offline: true, signal })) {
        chunks.push(chunk);
      }
    } catch (error) {
      if (isStorageError(error, "block-not-found")) return new Uint8Array();
      throw error;
    }
    return Buffer.concat(chunks);
  }

  /** Results are made here, so they are here, unless an earlier pass threw them away. */
  async #load(digest: Hash, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await this.#storage.getDocument(digest, { offline: true, signal });
    } catch (error) {
      if (isStorageError(error, "block-not-found")) return undefined;
      throw error;
    }
  }
}
