import { type ArchiveFailure, archiveFailure } from "../errors.ts";

export interface TarFile {
  readonly name: string;
  /** `extended`: a pax header for the next entry. */
  readonly type: "file" | "directory" | "symlink" | "extended";
  readonly mode: number;
  readonly size: number;
  readonly linkName?: string;
}

const BLOCK = 512;

/**
 * One ustar header. Owner, group and time are zero, so equal contents give equal archives.
 * @param fail Makes the error; default {@link ArchiveError}.
 * @throws what `fail` makes of `name-too-long` when the name does not fit the plain header.
 */
export function tarHeader(file: TarFile, fail: ArchiveFailure = archiveFailure): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const name = Buffer.from(file.name);
  const link = Buffer.from(file.linkName ?? "");
  if (name.length > 100 || link.length > 100 || file.size > 0o77777777777) {
    throw fail("name-too-long", `Tar: "${file.name}" does not fit a plain header`);
  }
  name.copy(header, 0);
  header.write(`${file.mode.toString(8).padStart(7, "0")}\0`, 100, "latin1");
  header.write("0000000\0", 108, "latin1");
  header.write("0000000\0", 116, "latin1");
  header.write(`${file.size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("00000000000\0", 136, "latin1");
  header.write("        ", 148, "latin1");
  header.write(
    { file: "0", directory: "5", symlink: "2", extended: "x" }[file.type],
    156,
    "latin1",
  );
  link.copy(header, 157);
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** Zeros that fill the last block of a body of `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The two zero blocks that end an archive. */
export const TAR_END = new Uint8Array(2 * BLOCK);
