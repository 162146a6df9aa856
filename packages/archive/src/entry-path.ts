import { ArchiveError } from "./errors.ts";

const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4_096;

/**
 * Refuses a path that could leave its folder or that cannot be stored everywhere. Packing and unpacking both check,
 * so that what is packed can be unpacked.
 * @returns the names of the path
 * @throws ArchiveError `path-refused`
 */
export function checkEntryPath(path: string): readonly string[] {
  const names = path.split("/");
  const problem = Buffer.byteLength(path) > MAX_PATH_BYTES ? "it is too long" : problemOf(names);
  if (problem === undefined) return names;
  throw new ArchiveError("path-refused", `Refused the path ${JSON.stringify(path)}: ${problem}.`);
}

function problemOf(names: readonly string[]): string | undefined {
  for (const name of names) {
    if (name === "") return "a name in it is empty";
    if (name === "." || name === "..") return "it names another folder";
    if (name.includes("\0") || name.includes("\\")) return "it has a character that is no name's";
    if (!name.isWellFormed() || name.startsWith("\uFEFF")) return "it is not plain Unicode text";
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return "a name in it is too long";
  }
  return undefined;
}
