import { chmod, copyFile, mkdir, mkdtemp, opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, OciError } from "../errors.ts";

const READ_FILE = 0o004;
const READ_FOLDER = 0o005;

/**
 * The folder to show as `/in`: the input itself where the sandbox's user, who owns nothing, can
 * read all of it; else a copy below `workFolder`, since the permissions of the provider's (or a
 * developer's) own files are not to be changed.
 * @throws OciError `input-unreadable` for links, devices and other oddities.
 */
export async function shareInput(
  inputFolder: string,
  workFolder: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    if (await everyoneReads(inputFolder, signal)) return inputFolder;
    const copy = await mkdtemp(join(workFolder, "in-"));
    await copyFolder(inputFolder, copy, signal);
    return copy;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OciError) throw error;
    throw unreadable(describe(error), error);
  }
}

async function everyoneReads(folder: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  if (((await stat(folder)).mode & READ_FOLDER) !== READ_FOLDER) return false;
  for await (const { entry, path } of children(folder)) {
    if (entry === "folder") {
      if (!(await everyoneReads(path, signal))) return false;
    } else if (((await stat(path)).mode & READ_FILE) === 0) {
      return false;
    }
  }
  return true;
}

async function copyFolder(from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await chmod(to, 0o755);
  for await (const { entry, path, name } of children(from)) {
    const target = join(to, name);
    if (entry === "folder") {
      await mkdir(target);
      await copyFolder(path, target, signal);
    } else {
      await copyFile(path, target);
      await chmod(target, 0o644);
    }
  }
}

async function* children(folder: string) {
  for await (const child of await opendir(folder)) {
    const path = join(folder, child.name);
    if (child.isDirectory()) yield { entry: "folder" as const, name: child.name, path };
    else if (child.isFile()) yield { entry: "file" as const, name: child.name, path };
    else throw unreadable(`${path} is neither a file nor a folder`);
  }
}

function unreadable(detail: string, cause?: unknown): OciError {
  return new OciError("input-unreadable", `Input: ${detail}`, {
    reason: "input-unavailable",
    remedy: "Use an input folder of regular files and folders that this user can read.",
    cause,
  });
}
