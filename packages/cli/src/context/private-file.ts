import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

import { CliError } from "../errors.ts";

/**
 * Reads a file that only its owner may read.
 * @throws CliError `secret-exposed`, `account-unreadable`
 */
export async function readPrivateFile(path: string): Promise<string> {
  let text: string;
  let mode: number;
  try {
    const handle = await open(path, "r");
    try {
      mode = (await handle.stat()).mode;
      text = await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new CliError("account-unreadable", "The file cannot be read.", {
      where: path,
      remedy: "Check the path and that the file is yours.",
      cause,
    });
  }
  // Windows has no such bits; its files inherit the profile's access list.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new CliError("secret-exposed", "A file with a secret can be read by others.", {
      where: path,
      remedy: `Run: chmod 600 ${path}`,
    });
  }
  return text;
}

/**
 * Creates a file readable by its owner only, durable before this returns.
 * @returns false when it is there already
 * @throws CliError `file-unwritable`
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw new CliError("file-unwritable", "The file cannot be written.", {
      where: path,
      remedy: "Check the rights of its folder and the free space.",
      cause,
    });
  }
}
