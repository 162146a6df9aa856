import { rm } from "node:fs/promises";
import type { KeyKind, TaskKeys } from "@deco-network/privacy";
import { type LoadedJob, sealDraft, type TaskRecords } from "@deco-network/requester";
import { InvalidArgumentError } from "commander";

/** A job that may be private, with its secrets if it is. */
export interface SealedJob {
  readonly job: LoadedJob;
  readonly keys?: TaskKeys;
  /** Removes the draft of the ciphertext; what was published stays. Idempotent. */
  discard(): Promise<void>;
}

/** Value of `--private [kind]`. @throws InvalidArgumentError */
export function keyKind(text: string): KeyKind {
  if (text === "x25519" || text === "post-quantum") return text;
  throw new InvalidArgumentError("it is x25519 or post-quantum.");
}

/** Kind of key that option or job ask for; undefined: the job is public. */
export function privacyOf(
  { document }: LoadedJob,
  option: KeyKind | true | undefined,
): KeyKind | undefined {
  if (option !== undefined) return option === true ? "x25519" : option;
  if (document.private === "post-quantum") return "post-quantum";
  return document.private ? "x25519" : undefined;
}

/**
 * Encrypts the input of a private job into a draft; a public one stays as it is.
 * @throws RequesterError `private-unsupported`, `job-invalid`; StorageError
 */
export async function sealJob(
  records: TaskRecords,
  job: LoadedJob,
  kind: KeyKind | undefined,
  signal: AbortSignal,
): Promise<SealedJob> {
  if (kind === undefined) return { job, discard: async () => undefined };
  const folder = await records.draftFolder();
  const discard = () => rm(folder, { recursive: true, force: true });
  try {
    const { draft, keys } = await sealDraft(job.draft, { folder, kind, signal });
    return { job: { ...job, draft }, keys, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}
