import type { BlockKey } from "./block-key.ts";

/** Bytes by multihash. Implementations verify nothing; {@link LocalBlocks} does. */
export interface BlockStore {
  get(key: BlockKey): Promise<Uint8Array | undefined>;
  has(key: BlockKey): Promise<boolean>;
  /** Storing what is there already is harmless, also at the same moment. */
  put(key: BlockKey, bytes: Uint8Array): Promise<void>;
  /** Returns the bytes freed; 0 when the block was not there. */
  delete(key: BlockKey): Promise<number>;
  keys(): AsyncIterable<BlockKey>;
  /** Returns when what was put before survives a power cut, as far as the store promises that at all. */
  flush(): Promise<void>;
}

export function memoryBlockStore(): BlockStore {
  const blocks = new Map<BlockKey, Uint8Array>();
  return {
    get: async (key) => blocks.get(key),
    has: async (key) => blocks.has(key),
    put: async (key, bytes) => {
      // A copy: the caller may reuse its buffer, and a view may keep a far larger one alive.
      blocks.set(key, new Uint8Array(bytes));
    },
    delete: async (key) => {
      const size = blocks.get(key)?.byteLength ?? 0;
      blocks.delete(key);
      return size;
    },
    keys: async function* () {
      yield* [...blocks.keys()];
    },
    flush: async () => undefined,
  };
}
