import { readFile, rename, writeFile } from "node:fs/promises";

import { openStorage, type Storage, type StorageOptions } from "@deco-network/storage";
import * as z from "zod";

const remembered = z.array(z.string());

/**
 * Opens the node. Ports that the system chose are asked for again at the next start, so that
 * requesters and executors find a restarted allocator where it was.
 * @param path File that remembers the addresses.
 */
export async function openAtLastAddress(
  options: StorageOptions & { readonly listen: readonly string[] },
  path: string,
): Promise<Storage> {
  const last = await recall(path);
  const anyPort = options.listen.every((address) => /\/tcp\/0(\/|$)/.test(address));
  const again =
    anyPort && last?.length === options.listen.length
      ? await openStorage({ ...options, listen: last }).catch(() => undefined)
      : undefined;
  const storage = again ?? (await openStorage(options));
  const listening = storage.addresses().map((address) => address.replace(/\/p2p\/[^/]+$/, ""));
  await writeFile(`${path}.partial`, JSON.stringify(listening));
  await rename(`${path}.partial`, path);
  return storage;
}

async function recall(path: string): Promise<string[] | undefined> {
  try {
    return remembered.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Only a convenience: without it the addresses change.
    return undefined;
  }
}
