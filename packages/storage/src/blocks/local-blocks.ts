import type { CID } from "multiformats/cid";
import { StorageError } from "../errors.ts";
import type { StorageEvent, Visibility } from "../storage.ts";
import { type BlockKey, blockKey } from "./block-key.ts";
import type { BlockStore } from "./block-store.ts";
import { blockMatches, inlineBlock } from "./verify-block.ts";

/**
 * The blocks on this machine: a public store, which peers and the gateway are served from, and a
 * staged one, which they never see.
 *
 * An operation *holds* every block it has touched until it ends; collection removes no held
 * block. So an operation may rely on a block it has seen, without any lock over the whole store.
 */
export class LocalBlocks {
  readonly #public: BlockStore;
  readonly #staged: BlockStore;
  readonly #onEvent: (event: StorageEvent) => void;
  /** How many operations hold each block. */
  readonly #holds = new Map<BlockKey, number>();
  /** Holds to be released when no collection runs any more; undefined when none runs. */
  #deferredReleases: (() => void)[] | undefined;
  #collections = 0;
  /** Removals under way; whoever touches such a block waits for its end first. */
  readonly #removals = new Map<BlockKey, Promise<number>>();
  /** Told of each block that newly became public. */
  onPublished: ((cid: CID) => Promise<void>) | undefined;

  constructor(
    publicStore: BlockStore,
    stagedStore: BlockStore,
    onEvent: (event: StorageEvent) => void,
  ) {
    this.#public = publicStore;
    this.#staged = stagedStore;
    this.#onEvent = onEvent;
  }

  /** Starts holding blocks for one operation; `release` ends it. */
  hold(): BlockHold {
    const held = new Set<BlockKey>();
    return {
      touch: async (cid) => {
        const key = blockKey(cid);
        if (!held.has(key)) {
          held.add(key);
          this.#holds.set(key, (this.#holds.get(key) ?? 0) + 1);
        }
        await this.#removals.get(key);
      },
      release: () => {
        const release = () => {
          for (const key of held) this.#unhold(key);
          held.clear();
        };
        if (this.#deferredReleases === undefined) release();
        else this.#deferredReleases.push(release);
      },
    };
  }

  /**
   * Runs a collection. What was held at any moment of it stays held until its end: an operation
   * may finish, and record a new root, after the collection has read the roots.
   */
  async whileCollecting<T>(collect: () => Promise<T>): Promise<T> {
    this.#collections += 1;
    this.#deferredReleases ??= [];
    try {
      return await collect();
    } finally {
      this.#collections -= 1;
      if (this.#collections === 0) {
        const releases = this.#deferredReleases;
        this.#deferredReleases = undefined;
        for (const release of releases) release();
      }
    }
  }

  async save(cid: CID, bytes: Uint8Array, visibility: Visibility): Promise<void> {
    if (inlineBlock(cid) !== undefined) return;
    const key = blockKey(cid);
    if (await this.#public.has(key)) return;
    if (visibility === "private") {
      if (!(await this.#staged.has(key))) await this.#staged.put(key, bytes);
      return;
    }
    await this.#public.put(key, bytes);
    await this.onPublished?.(cid);
  }

  /** A verified block, public or staged. A damaged one is removed and counts as absent. */
  async load(cid: CID): Promise<Uint8Array | undefined> {
    return (
      inlineBlock(cid) ??
      (await this.#loadFrom(this.#public, cid)) ??
      (await this.#loadFrom(this.#staged, cid))
    );
  }

  /** A verified block that anyone may have. */
  async loadPublic(cid: CID): Promise<Uint8Array | undefined> {
    return inlineBlock(cid) ?? (await this.#loadFrom(this.#public, cid));
  }

  async has(cid: CID): Promise<boolean> {
    if (inlineBlock(cid) !== undefined) return true;
    const key = blockKey(cid);
    return (await this.#public.has(key)) || (await this.#staged.has(key));
  }

  async hasPublic(cid: CID): Promise<boolean> {
    return inlineBlock(cid) !== undefined || (await this.#public.has(blockKey(cid)));
  }

  /**
   * Moves one block from the staged store to the public one.
   * @throws StorageError `block-not-found` when it is in neither
   */
  async publish(cid: CID): Promise<void> {
    const bytes = await this.load(cid);
    if (bytes === undefined) {
      throw new StorageError("block-not-found", `Block ${cid.toString()} is not on this machine`, {
        remedy: "Add the content again, then publish it.",
      });
    }
    await this.save(cid, bytes, "public");
  }

  /** Returns when every block saved before survives a power cut, where the stores promise that. */
  async flush(): Promise<void> {
    await Promise.all([this.#public.flush(), this.#staged.flush()]);
  }

  /** Removes blocks that `keep` does not name and nobody holds. Returns what went and stayed. */
  async sweep(
    which: Visibility,
    keep: (key: BlockKey) => boolean,
    signal?: AbortSignal,
  ): Promise<{ removedBlocks: number; removedBytes: number; keptBlocks: number }> {
    const store = which === "public" ? this.#public : this.#staged;
    const report = { removedBlocks: 0, removedBytes: 0, keptBlocks: 0 };
    for await (const key of store.keys()) {
      signal?.throwIfAborted();
      // No await between the check and the registered removal: a touch in between would be lost.
      if (keep(key) || this.#holds.has(key)) {
        report.keptBlocks++;
        continue;
      }
      report.removedBytes += await this.#remove(store, key);
      report.removedBlocks++;
    }
    return report;
  }

  /** Removes these staged blocks, held ones excepted. */
  async removeStaged(keys: Iterable<BlockKey>): Promise<void> {
    for (const key of keys) {
      if (!this.#holds.has(key)) await this.#remove(this.#staged, key);
    }
  }

  #unhold(key: BlockKey): void {
    const remaining = (this.#holds.get(key) ?? 1) - 1;
    if (remaining === 0) this.#holds.delete(key);
    else this.#holds.set(key, remaining);
  }

  async #loadFrom(store: BlockStore, cid: CID): Promise<Uint8Array | undefined> {
    const key = blockKey(cid);
    const bytes = await store.get(key);
    if (bytes === undefined || blockMatches(cid, bytes)) return bytes;
    await store.delete(key);
    this.#onEvent({ type: "block-corrupt", cid: cid.toString() });
    return undefined;
  }

  async #remove(store: BlockStore, key: BlockKey): Promise<number> {
    const removal = store.delete(key);
    this.#removals.set(key, removal);
    try {
      return await removal;
    } finally {
      this.#removals.delete(key);
    }
  }
}

export interface BlockHold {
  /** Holds a block from now on, present or not. */
  touch(cid: CID): Promise<void>;
  release(): void;
}
