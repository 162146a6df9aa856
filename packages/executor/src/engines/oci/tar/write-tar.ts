import { OciError } from "../errors.ts";

export interface TarFile {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly size: number;
  readonly linkName?: string;
}

const BLOCK = 512;

/**
 * One ustar header. Owner, group and time are zero, so equal contents give equal archives.
 * @throws OciError `tar-malformed` when the name does not fit the plain header.
 */
export function tarHeader(file: TarFile): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const name = Buffer.from(file.name);
  const link = Buffer.from(file.linkName ?? "");
  if (name.length > 100 || link.length > 100 || file.size > 0o77777777777) {
    throw new OciError("tar-malformed", `Tar: "${file.name}" does not fit a plain header`, {
      reason: "other",
      remedy: "Use names up to 100 bytes and files below 8 GiB.",
    });
  }
  name.copy(header, 0);
  header.write(`${file.mode.toString(8).padStart(7, "0")}\0`, 100, "latin1");
  header.write("0000000\0", 108, "latin1");
  header.write("0000000\0", 116, "latin1");
  header.write(`${file.size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("00000000000\0", 136, "latin1");
  header.write("        ", 148, "latin1");
  header.write({ file: "0", directory: "5", symlink: "2" }[file.type], 156, "latin1");
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
