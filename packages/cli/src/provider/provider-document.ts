import { readFile, statfs } from "node:fs/promises";
import { arch, availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";

import {
  encodeDocument,
  type ProviderDocument,
  parseDocumentText,
  providerSchema,
  validateDocument,
} from "@deco-network/sdk";
import { openStorage } from "@deco-network/storage";
import type { Hash } from "viem";

import type { ProviderHome } from "./provider-home.ts";

export interface DescribeMachineOptions {
  readonly name: string;
  /** Folder on the disk that work uses. */
  readonly folder: string;
  readonly oci: boolean;
  readonly region?: string;
  readonly retentionDays: number;
  /** age recipient for private tasks. */
  readonly recipient: string;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** What this machine offers, as far as it can be seen from here; nobody has proven it. */
export async function describeMachine(options: DescribeMachineOptions): Promise<ProviderDocument> {
  const { name, folder, oci, region, retentionDays, recipient } = options;
  const { bavail, bsize } = await statfs(folder);
  const model = cpus()[0]?.model.trim();
  return validateDocument(providerSchema, {
    deco: "provider/1",
    name,
    cpu: {
      cores: availableParallelism(),
      architecture: ARCHITECTURES[arch()] ?? arch(),
      ...(model ? { model: model.slice(0, 128) } : {}),
    },
    memoryBytes: totalmem(),
    diskBytes: Math.max(1, bavail * bsize),
    accelerators: [],
    ...(region !== undefined && { region }),
    engines: [{ name: "wasm" }, ...(oci ? [{ name: "oci" }] : [])],
    ...{ retentionDays, recipient },
  });
}

/**
 * Puts the provider's description where its executor serves it from.
 * @returns its digest, to be named on the chain
 * @throws DecoDocumentError; StorageError `folder-in-use` while the executor runs
 */
export async function storeDescription(home: ProviderHome, dataFolder: string): Promise<Hash> {
  const text = await readFile(home.document, "utf8");
  const document = encodeDocument(providerSchema, parseDocumentText(providerSchema, text));
  const storage = await openStorage({ folder: join(dataFolder, "storage"), peerToPeer: false });
  try {
    return (await storage.addDocument(document, { visibility: "public" })).digest;
  } finally {
    await storage.close();
  }
}
