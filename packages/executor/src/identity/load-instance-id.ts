import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";

import { createPrivateFile } from "./private-file.ts";

/**
 * Names what this data folder's executor makes in a container engine, so that it sweeps up after
 * itself and nobody else. Neither the operator nor the folder's path would do: two networks may
 * know the same key, and two executors in containers of their own may both live in `/data`.
 * A file that a crash cut short is written anew: nothing was made under its name yet.
 * @returns 32 of `0-9a-f`, the same at every start
 */
export async function loadInstanceId(path: string): Promise<string> {
  const known = (await readFile(path, "utf8").catch(() => "")).trim();
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const id = randomBytes(16).toString("hex");
  await rm(path, { force: true });
  await createPrivateFile(path, `${id}\n`);
  return id;
}
