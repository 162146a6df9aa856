import { readdir, readFile } from "node:fs/promises";

import { parseVerificationKey, type VerificationKey } from "@deco-network/proofs";

const KEYS = new URL("../../../../circuits/keys/", import.meta.url);

/** The verification keys of this repository's circuits, by name. */
export async function publishedKeys(): Promise<ReadonlyMap<string, VerificationKey>> {
  const entries = await readdir(KEYS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const keys = await Promise.all(
    names.sort().map(async (name) => {
      const file = new URL(`${name}/verification-key.json`, KEYS);
      return [name, parseVerificationKey(await readFile(file))] as const;
    }),
  );
  return new Map(keys);
}
