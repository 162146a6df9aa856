import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { RequesterError } from "../errors.ts";

/**
 * Fills a folder beside its place and moves it there when it is complete: a person never sees half
 * a result.
 * @param path Absent or an empty folder.
 * @throws RequesterError `output-exists`, `output-unwritable`, and whatever `fill` throws
 */
export async function fillFolder(
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  await requireFree(path);
  const partial = await attempt(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return mkdtemp(join(dirname(path), `.${basename(path)}.partial-`));
  });
  try {
    await fill(partial);
    await attempt(path, async () => {
      await rmdir(path).catch((error: unknown) => {
        if (!isCode(error, "ENOENT")) throw error;
      });
      await rename(partial, path);
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Makes sure, before anything is paid for, that outputs can go to a place.
 * @throws RequesterError `output-exists`, `output-unwritable`
 */
export async function requireFree(path: string): Promise<void> {
  const names = await attempt(path, () =>
    readdir(path).catch((error: unknown) => {
      if (isCode(error, "ENOENT")) return [];
      if (isCode(error, "ENOTDIR")) return [basename(path)];
      throw error;
    }),
  );
  if (names.length === 0) return;
  throw new RequesterError("output-exists", `${path} exists and is not an empty folder.`, {
    remedy: "Name another folder for the outputs, or move this one away.",
  });
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new RequesterError("output-unwritable", `${path} cannot be written.`, {
      remedy: "Check the rights of the folder above it and the free space.",
      cause,
    });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
