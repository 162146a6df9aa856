import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Address, bytesToHex } from "viem";

import type { ExecutorConfig } from "../config/schema.ts";
import { ExecutorError } from "../errors.ts";
import { loadSaltSecret } from "../identity/load-salt-secret.ts";
import { exists, replacePrivateFile } from "../identity/private-file.ts";
import type { Journal } from "../journal/journal.ts";
import { AGE_IDENTITY_FILE } from "../privacy/load-recipient.ts";
import type { BackupContent, Protection } from "./content.ts";
import { journalOf, lowered } from "./export-backup.ts";
import { unsealBackup } from "./seal.ts";

export interface ImportOptions {
  readonly path: string;
  readonly password: string;
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean;
}

/** What an import has added, or would. */
export interface ImportReport {
  /** Of the backup; those that were known already among them. */
  readonly commitments: number;
  readonly seats: number;
  readonly newCommitments: number;
  readonly newSeats: number;
  /** `kept`: it was there. `replaced`: one that nothing was committed with; it is kept beside. */
  readonly saltSecret: "kept" | "written" | "replaced";
  /** Where the operator key was; it is not in the backup. */
  readonly keyFile?: string | undefined;
}

/**
 * Merges a backup into the data folder of a stopped executor. Nothing that is protected there is ever dropped or
 * changed: the union of both histories counts, and where they contradict each other nothing is imported.
 * @throws ExecutorError `backup-invalid`, `backup-locked`, `backup-foreign`, `backup-conflict`, `journal-in-use`
 */
export async function importBackup(
  config: ExecutorConfig,
  operator: Address,
  { path, password, dryRun = false }: ImportOptions,
): Promise<ImportReport> {
  const content = await unsealBackup(await textOf(path), password);
  checkOwner(content, config, operator);
  const { dataFolder } = config;
  // A look at a folder that is not there yet must not make it.
  if (dryRun && !(await exists(join(dataFolder, "journal.sqlite")))) {
    const empty = { commitments: [], seats: [] };
    const saltSecret = await secretAfter(dataFolder, content, empty);
    return reportOf(content, empty, saltSecret);
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const journal = journalOf(config, operator);
  try {
    const known = journal.protection();
    checkCommitments(content, known);
    const saltSecret = await secretAfter(dataFolder, content, known);
    if (!dryRun) await merge(journal, dataFolder, content, saltSecret);
    return reportOf(content, known, saltSecret);
  } finally {
    journal.close();
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ExecutorError("backup-invalid", `${path} cannot be read.`, {
      remedy: "Check the path and its rights.",
      cause,
    });
  }
}

function checkOwner(content: BackupContent, { chain }: ExecutorConfig, operator: Address): void {
  const pairs = [
    ["chain", content.chainId, chain.id],
    ["market", content.market, lowered(chain.market)],
    ["operator", content.operator, lowered(operator)],
  ] as const;
  for (const [name, theirs, ours] of pairs) {
    if (theirs === ours) continue;
    throw new ExecutorError(
      "backup-foreign",
      `The backup is of ${name} ${theirs}; this provider's is ${ours}.`,
      { remedy: "Use the configuration and operator key that the backup was made with." },
    );
  }
}

/** Two votes for one seat: whichever is wrong, taking up the other would be slashed. */
function checkCommitments(content: Protection, known: Protection): void {
  const ours = new Map(known.commitments.map((c) => [nameOf(c), c.commitment]));
  for (const theirs of content.commitments) {
    const standing = ours.get(nameOf(theirs));
    if (standing === undefined || standing === theirs.commitment) continue;
    throw conflict(`round ${theirs.round} of task ${theirs.task} has another commitment here`);
  }
}

async function secretAfter(
  dataFolder: string,
  { saltSecret }: BackupContent,
  known: Protection,
): Promise<ImportReport["saltSecret"]> {
  const path = join(dataFolder, "salt-secret");
  if (!(await exists(path))) return "written";
  if (bytesToHex(await loadSaltSecret(path, true)) === saltSecret) return "kept";
  if (known.commitments.length + known.seats.length === 0) return "replaced";
  throw conflict("this data folder has used another salt secret");
}

/** The secret first: with it alone seats can be revealed; with the history alone they cannot. */
async function merge(
  journal: Journal,
  dataFolder: string,
  { saltSecret, ageIdentity, commitments, seats }: BackupContent,
  what: ImportReport["saltSecret"],
): Promise<void> {
  const path = join(dataFolder, "salt-secret");
  if (what === "replaced") {
    await replacePrivateFile(`${path}.unused`, await readFile(path, "utf8"));
  }
  if (what !== "kept") await replacePrivateFile(path, `${saltSecret}\n`);
  const age = join(dataFolder, AGE_IDENTITY_FILE);
  if (ageIdentity !== undefined) await restoreIdentity(age, ageIdentity);
  journal.record({ kind: "protection-merged", commitments, seats });
}

/** The chain's metadata names the old identity's recipient; one that is here is kept beside. */
async function restoreIdentity(path: string, identity: string): Promise<void> {
  if (await exists(path)) {
    const here = await readFile(path, "utf8");
    if (here.trim() === identity) return;
    await replacePrivateFile(`${path}.unused`, here);
  }
  await replacePrivateFile(path, `${identity}\n`);
}

function reportOf(
  content: BackupContent,
  known: Protection,
  saltSecret: ImportReport["saltSecret"],
): ImportReport {
  const fresh = (theirs: readonly Seat[], ours: readonly Seat[]) => {
    const names = new Set(ours.map(nameOf));
    return theirs.filter((one) => !names.has(nameOf(one))).length;
  };
  return {
    commitments: content.commitments.length,
    seats: content.seats.length,
    newCommitments: fresh(content.commitments, known.commitments),
    newSeats: fresh(content.seats, known.seats),
    ...{ saltSecret, keyFile: content.keyFile },
  };
}

type Seat = Protection["seats"][number];

function nameOf({ task, round }: Seat): string {
  return `${task}/${round}`;
}

function conflict(detail: string): ExecutorError {
  return new ExecutorError("backup-conflict", `Nothing was imported: ${detail}.`, {
    remedy:
      "Import into an empty data folder; the executor reads the chain for what is still open.",
  });
}
