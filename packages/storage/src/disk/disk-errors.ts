import { StorageError } from "../errors.ts";

/** The system's error code (`ENOENT`, …), if the error carries one. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Names a failure of the storage folder or of a download's target. */
export function storageErrorFromDisk(error: unknown, attempt: string): StorageError {
  if (error instanceof StorageError) return error;
  const errno = errnoOf(error);
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new StorageError("disk-full", `No room left to ${attempt}`, {
      remedy: "Free disk space, run garbage collection, or choose another folder.",
      cause: error,
    });
  }
  return new StorageError("folder-unusable", `Could not ${attempt} (${errno ?? "unknown"})`, {
    remedy: "Check that the folder exists and that this user may read and write it.",
    cause: error,
  });
}
