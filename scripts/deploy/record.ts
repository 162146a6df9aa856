import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { DecoDeployment } from "@deco-network/sdk";

import { projectRoot } from "../lib/project.ts";

/** Where the record of a chain's market is. */
export function recordPath(chainId: number, folder = join(projectRoot, "deployments")): string {
  return join(folder, `${chainId}.json`);
}

/** Writes a record that `parseDeployment` reads; readers see the old one or the new one, never half of it. */
export async function writeRecord(path: string, record: DecoDeployment): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(partial, path);
}
