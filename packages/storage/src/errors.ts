/** Stable codes of {@link StorageError}; callers branch on these, never on messages. */
export type StorageErrorCode =
  /** Every source was asked and none has the block. */
  | "block-not-found"
  /** The wait ended while some source could still have answered. */
  | "timeout"
  /** The caller's signal was aborted. */
  | "aborted"
  /** A limit on bytes, files, depth or blocks was reached; nothing beyond it was read. */
  | "limit-exceeded"
  /** Bytes do not hash to the CID that was asked for. */
  | "digest-mismatch"
  /** A name inside a folder could escape it, or cannot exist twice. */
  | "path-refused"
  /** A symbolic link, on disk or in a DAG. */
  | "link-refused"
  /** A socket, pipe or device on disk. */
  | "special-file-refused"
  | "not-a-folder"
  | "not-a-file"
  /** A document is one raw block of at most 1 MiB. */
  | "document-too-large"
  /** The text is no CID, or its version, codec or hash is not supported here. */
  | "cid-invalid"
  /** 32 bytes in hexadecimal were expected. */
  | "digest-invalid"
  /** Blocks are genuine but do not form a well-formed UnixFS DAG. */
  | "dag-invalid"
  /** A file changed, vanished or could not be read while it was being added. */
  | "source-unreadable"
  | "target-exists"
  | "target-unwritable"
  | "disk-full"
  /** Another process has this storage folder open. */
  | "folder-in-use"
  | "folder-unusable"
  /** `publish` or `discard` of a CID that is not a staged root. */
  | "not-staged"
  | "address-invalid"
  | "peer-unreachable"
  /** Peers were asked for on a storage opened without peer-to-peer. */
  | "peer-to-peer-disabled"
  /** The Kubo daemon cannot be reached. */
  | "kubo-unreachable"
  /** The Kubo daemon answered with an error. */
  | "kubo-refused"
  | "option-invalid"
  | "closed";

/** What went wrong in storage, with what the caller or operator can do about it. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: StorageErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}

/** Whether `error` is a {@link StorageError}, of the given code if one is given. */
export function isStorageError(error: unknown, code?: StorageErrorCode): error is StorageError {
  return error instanceof StorageError && (code === undefined || error.code === code);
}
