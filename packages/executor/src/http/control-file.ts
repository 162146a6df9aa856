import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

const schema = z.object({
  /** Base URL of the control API. */
  url: z.url(),
  token: z.string().min(32),
  /** Base URL of `/healthz`, `/readyz` and `/metrics`. */
  status: z.url(),
  pid: z.int(),
  provider: z.int(),
});

/** How this machine's tools reach a running executor. */
export type ControlFile = z.infer<typeof schema>;

export function controlPath(dataFolder: string): string {
  return join(dataFolder, "control.json");
}

/** A token of this start: what an earlier file held opens nothing any more. */
export function newControlToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Leaves the file, readable by its owner only. @returns removes it, unless a later start has replaced it */
export async function writeControlFile(
  dataFolder: string,
  content: ControlFile,
): Promise<() => Promise<void>> {
  const path = controlPath(dataFolder);
  const partial = `${path}.${process.pid}.partial`;
  await rm(partial, { force: true });
  const handle = await open(partial, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`);
  } finally {
    await handle.close();
  }
  await rename(partial, path);
  return async () => {
    if ((await readControlFile(dataFolder))?.token === content.token)
      await rm(path, { force: true });
  };
}

/** What the last start left; it may have ended without removing it. */
export async function readControlFile(dataFolder: string): Promise<ControlFile | undefined> {
  const text = await readFile(controlPath(dataFolder), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
