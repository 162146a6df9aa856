import { randomUUID } from "node:crypto";
import {
  access,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, storageErrorFromDisk } from "../disk/disk-errors.ts";
import { type BlockKey, isBlockKey } from "./block-key.ts";
import type { BlockStore } from "./block-store.ts";

const EXTENSION = ".data";
/** Holds blocks being written; never the name of a shard. */
const TEMPORARY = ".tmp";
/** The file system joins syncs that are under way together. */
const SYNCS_AT_ONCE = 8;

/**
 * One file per block, in the layout of Helia's `FsBlockstore` (`XY/<multihash>.data`, where XY
 * are the key's last characters), so that its tools read the same folder.
 *
 * A block is written elsewhere and renamed into place, hence complete or absent after a kill. It
 * is not synced as it is written: after a power cut a block may be damaged, which reading detects.
 * @param durable whether `flush` syncs what was put since the last one; else it does nothing
 */
export async function folderBlockStore(folder: string, durable: boolean): Promise<BlockStore> {
  // What a killed process was still writing; nobody else has the folder open.
  await rm(join(folder, TEMPORARY), { recursive: true, force: true });
  await mkdir(join(folder, TEMPORARY), { recursive: true });
  const folderOf = (key: BlockKey) => join(folder, key.slice(-2));
  const fileOf = (key: BlockKey) => join(folderOf(key), key + EXTENSION);
  const unsynced = new Set<BlockKey>();

  /** Files first: an entry that a folder keeps must not name a file that it lost. */
  async function sync(keys: readonly BlockKey[]): Promise<void> {
    const waiting = [...keys];
    const work = async () => {
      for (let key = waiting.pop(); key; key = waiting.pop()) await syncPath(fileOf(key));
    };
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, work));
    await Promise.all([...new Set(keys.map(folderOf))].map(syncPath));
    await syncPath(folder);
  }

  return {
    async get(key) {
      try {
        return await readFile(fileOf(key));
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        throw storageErrorFromDisk(error, "read a block");
      }
    },

    async has(key) {
      return access(fileOf(key)).then(
        () => true,
        () => false,
      );
    },

    async put(key, bytes) {
      const temporary = join(folder, TEMPORARY, randomUUID());
      try {
        await writeFile(temporary, bytes, { flag: "wx" });
        await renameIntoShard(temporary, folderOf(key), fileOf(key));
        if (durable) unsynced.add(key);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw storageErrorFromDisk(error, "write a block");
      }
    },

    async delete(key) {
      try {
        const { size } = await stat(fileOf(key));
        await unlink(fileOf(key));
        unsynced.delete(key);
        return size;
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return 0;
        throw storageErrorFromDisk(error, "remove a block");
      }
    },

    async *keys() {
      for await (const shard of await opendir(folder)) {
        if (!shard.isDirectory() || shard.name === TEMPORARY) continue;
        for await (const entry of await opendir(join(folder, shard.name))) {
          if (!entry.name.endsWith(EXTENSION)) continue;
          const key = entry.name.slice(0, -EXTENSION.length);
          if (isBlockKey(key)) yield key;
        }
      }
    },

    async flush() {
      const keys = [...unsynced];
      if (keys.length === 0) return;
      unsynced.clear();
      try {
        await sync(keys);
      } catch (error) {
        for (const key of keys) unsynced.add(key);
        throw storageErrorFromDisk(error, "make blocks durable");
      }
    },
  };
}

/** Syncs a file or a folder; one that is gone needs nothing. */
async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

async function renameIntoShard(from: string, shard: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    await mkdir(shard, { recursive: true });
    await rename(from, to);
  }
}
