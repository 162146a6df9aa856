import { StorageError } from "../errors.ts";

/** The longest name that common file systems take, in bytes. */
const MAX_NAME_BYTES = 255;

/**
 * Refuses a name of a folder's entry that could leave its folder or that cannot be stored
 * everywhere. Both adding and downloading check, so that what is added can be downloaded.
 * @throws StorageError `path-refused`
 */
export function checkEntryName(name: string): void {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw new StorageError("path-refused", `Refused the name ${JSON.stringify(name)}: ${problem}`, {
    remedy: "Rename the entry; the folder cannot be used as it is.",
  });
}

function problemOf(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return "it names another folder";
  if (name.includes("/")) return "it contains a slash";
  if (name.includes("\0")) return "it contains a NUL character";
  // Decoders drop a leading byte order mark, so the name would not survive a round trip.
  if (name.startsWith("\uFEFF")) return "it starts with a byte order mark";
  if (!name.isWellFormed()) return "it is not Unicode text";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `it is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}
