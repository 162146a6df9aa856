import { join } from "node:path";

import { type Address, bytesToHex, type Hex } from "viem";

import type { ExecutorConfig } from "../config/schema.ts";
import { loadSaltSecret } from "../identity/load-salt-secret.ts";
import { exists, replacePrivateFile } from "../identity/private-file.ts";
import { Journal } from "../journal/journal.ts";
import { AGE_IDENTITY_FILE, loadRecipient } from "../privacy/load-recipient.ts";
import { type BackupContent, CONTENT_FORMAT } from "./content.ts";
import { sealBackup } from "./seal.ts";

/** What an export has written, without its secret. */
export interface ExportReport {
  readonly commitments: number;
  readonly seats: number;
}

/** Lower-case: addresses are compared as they are. */
export function lowered<T extends Hex>(value: T): T {
  return value.toLowerCase() as T;
}

export function journalOf({ chain, dataFolder }: ExecutorConfig, operator: Address): Journal {
  const identity = { chainId: chain.id, market: chain.market, operator };
  return new Journal(join(dataFolder, "journal.sqlite"), identity);
}

/**
 * Writes the protection history, the salt secret and the age identity of a stopped executor into one encrypted file, which is there
 * as a whole or not at all, also after a power cut.
 * @throws ExecutorError `journal-in-use`, `journal-unusable`, `secret-missing`, `key-unreadable`
 */
export async function exportBackup(
  config: ExecutorConfig,
  operator: Address,
  { path, password }: { readonly path: string; readonly password: string },
): Promise<ExportReport> {
  const { chain, dataFolder, key } = config;
  const journal = journalOf(config, operator);
  try {
    const secret = await loadSaltSecret(join(dataFolder, "salt-secret"), true);
    const age = join(dataFolder, AGE_IDENTITY_FILE);
    const ageIdentity = (await exists(age)) ? (await loadRecipient(age)).identity : undefined;
    const { commitments, seats } = journal.protection();
    const content: BackupContent = {
      deco: CONTENT_FORMAT,
      ...{ chainId: chain.id, market: lowered(chain.market), operator: lowered(operator) },
      ...{ saltSecret: bytesToHex(secret), ...("file" in key && { keyFile: key.file }) },
      ...(ageIdentity !== undefined && { ageIdentity }),
      madeAt: Math.floor(Date.now() / 1_000),
      ...{ commitments, seats },
    };
    await replacePrivateFile(path, await sealBackup(content, password));
    return { commitments: commitments.length, seats: seats.length };
  } finally {
    journal.close();
  }
}
