import type { CID } from "multiformats/cid";
import type { BlockHold, LocalBlocks } from "./blocks/local-blocks.ts";
import { requireVerifiable } from "./blocks/verify-block.ts";
import { StorageError } from "./errors.ts";
import type { BlockFetcher } from "./network/block-fetcher.ts";
import type { FetchOptions, Visibility } from "./storage.ts";

/**
 * One call on the storage, from start to end: carries its signal, holds the blocks it touched,
 * and stops its fetches when it ends.
 */
export interface Operation {
  /** Aborted, with the {@link StorageError} to throw, by the caller, by `close`, or at the end. */
  readonly signal: AbortSignal;
  /** A verified block from this machine, else from peers and gateways. */
  load(cid: CID): Promise<Uint8Array>;
  /** Stores a block whose CID was computed from its bytes. */
  save(cid: CID, bytes: Uint8Array, visibility: Visibility): Promise<void>;
  end(): void;
}

export interface OperationContext {
  readonly blocks: LocalBlocks;
  readonly fetcher: BlockFetcher;
  readonly defaultTimeoutMillis: number;
  /** Aborted with `closed` when the storage closes. */
  readonly closed: AbortSignal;
}

export function beginOperation(context: OperationContext, options: FetchOptions): Operation {
  context.closed.throwIfAborted();
  const { blocks, fetcher } = context;
  const hold: BlockHold = blocks.hold();
  const ending = new AbortController();
  const timeoutMillis = options.timeoutMillis ?? context.defaultTimeoutMillis;
  const detach = linkSignals([context.closed, options.signal], ending);

  return {
    signal: ending.signal,

    async load(cid) {
      requireVerifiable(cid);
      ending.signal.throwIfAborted();
      await hold.touch(cid);
      const local = await blocks.load(cid);
      if (local !== undefined) return local;
      if (options.offline === true) {
        throw new StorageError("block-not-found", `${cid.toString()} is not on this machine`, {
          remedy: "Allow the network, or fetch the content before going offline.",
        });
      }
      const bytes = await fetcher.fetch(cid, timeoutMillis, ending.signal);
      await blocks.save(cid, bytes, "public");
      return bytes;
    },

    async save(cid, bytes, visibility) {
      ending.signal.throwIfAborted();
      await hold.touch(cid);
      await blocks.save(cid, bytes, visibility);
    },

    end() {
      detach();
      hold.release();
      ending.abort(
        new StorageError("aborted", "The operation has ended", {
          remedy: "Start it again.",
        }),
      );
    },
  };
}

/** Aborts `target` with a {@link StorageError} when any source is; returns how to stop that. */
function linkSignals(
  sources: readonly (AbortSignal | undefined)[],
  target: AbortController,
): () => void {
  const links: (() => void)[] = [];
  for (const source of sources) {
    if (source === undefined) continue;
    const onAbort = () => target.abort(abortError(source.reason));
    if (source.aborted) onAbort();
    source.addEventListener("abort", onAbort, { once: true });
    links.push(() => source.removeEventListener("abort", onAbort));
  }
  return () => {
    for (const unlink of links) unlink();
  };
}

function abortError(reason: unknown): StorageError {
  if (reason instanceof StorageError) return reason;
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return timedOut
    ? new StorageError("timeout", "The time given for the operation is over", {
        remedy: "Allow more time, or check that the content's source is reachable.",
        cause: reason,
      })
    : new StorageError("aborted", "The operation was aborted", {
        remedy: "Start it again if it is still wanted.",
        cause: reason,
      });
}
