import { randomUUID } from "node:crypto";
import {
  access,
  mkdir,
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

/**
 * One file per block, in the layout of Helia's `FsBlockstore` (`XY/<multihash>.data`, where XY
 * are the key's last characters), so that its tools read the same folder.
 *
 * A block is written elsewhere and renamed into place, hence complete or absent after a kill. It
 * is not synced: after a power cut a block may be damaged, which reading detects.
 */
export async function folderBlockStore(folder: string): Promise<BlockStore> {
  // What a killed process was still writing; nobody else has the folder open.
  await rm(join(folder, TEMPORARY), { recursive: true, force: true });
  await mkdir(join(folder, TEMPORARY), { recursive: true });
  const folderOf = (key: BlockKey) => join(folder, key.slice(-2));
  const fileOf = (key: BlockKey) => join(folderOf(key), key + EXTENSION);

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
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw storageErrorFromDisk(error, "write a block");
      }
    },

    async delete(key) {
      try {
        const { size } = await stat(fileOf(key));
        await unlink(fileOf(key));
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
  };
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
