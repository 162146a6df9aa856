/** Stable codes of what an archive, or a folder that should become one, can be refused for. */
export type ArchiveErrorCode =
  /** The bytes are no tar stream, are cut off, or could be read in two ways. */
  | "tar-malformed"
  /** More entries or bytes than allowed; nothing beyond the bound was read. */
  | "tar-too-large"
  /** A name that does not fit a plain header. */
  | "name-too-long"
  /** A name that leads out of the folder, exists twice, or cannot be stored everywhere. */
  | "path-refused"
  /** A link, device, pipe or socket: archives have files and folders only. */
  | "entry-refused"
  /** The folder, or a file in it, cannot be read, or changed meanwhile. */
  | "source-unreadable"
  | "target-unwritable";

/** Makes the error of a code and a detail; callers with error classes of their own bring one. */
export type ArchiveFailure = (code: ArchiveErrorCode, detail: string) => Error;

const REMEDIES: Readonly<Record<ArchiveErrorCode, string>> = {
  "tar-malformed": "Build the archive with a plain tar writer (ustar or pax, no sparse files).",
  "tar-too-large": "Make the archive smaller, or raise the bound.",
  "name-too-long": "Use names up to 100 bytes and files below 8 GiB.",
  "path-refused": "Rename the entry: relative paths with forward slashes, each once.",
  "entry-refused": "Leave only regular files and folders; copy what links point to.",
  "source-unreadable": "Check the path and its rights, and that nothing writes there meanwhile.",
  "target-unwritable": "Check the folder's rights and the free space.",
};

/** Why an archive cannot be written or read. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: ArchiveErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(code: ArchiveErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = REMEDIES[code];
  }
}

/** Whether `error` is an {@link ArchiveError}, of the given code if one is given. */
export function isArchiveError(error: unknown, code?: ArchiveErrorCode): error is ArchiveError {
  return error instanceof ArchiveError && (code === undefined || error.code === code);
}

/** The failures of callers that bring none. */
export function archiveFailure(code: ArchiveErrorCode, detail: string): ArchiveError {
  return new ArchiveError(code, detail);
}
