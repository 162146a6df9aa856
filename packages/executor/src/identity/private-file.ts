import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { ExecutorError } from "../errors.ts";

/**
 * Reads a file that only its owner may read.
 * @throws ExecutorError `key-unreadable`, `key-exposed`
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
    throw new ExecutorError("key-unreadable", `${path} cannot be read.`, {
      remedy: "Check the path and that the file belongs to the user who starts the executor.",
      cause,
    });
  }
  // Windows has no such bits; its files inherit the profile's access list.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new ExecutorError("key-exposed", `${path} can be read by others.`, {
      remedy: `Run: chmod 600 ${path}`,
    });
  }
  return text;
}

/**
 * Creates a file readable by its owner only, durable before this returns.
 * @throws NodeJS.ErrnoException `EEXIST` when it is there already
 */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts a file readable by its owner only in the place of what was there: after a power cut either the old one
 * or the new one is there as a whole.
 */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(partial, { force: true });
  try {
    await createPrivateFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  // The new name is durable only with its folder. Windows cannot open one.
  if (process.platform === "win32") return;
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
