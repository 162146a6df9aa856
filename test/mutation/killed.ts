import { createHash } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Keeps what was killed beside the compiled copy, so that a run that was stopped can go on, or look again only at survivors. */
export interface Killed {
  has(key: string): boolean;
  add(key: string, by: string): Promise<void>;
}

const forgetful: Killed = {
  has: () => false,
  add: () => Promise.resolve(),
};

/** Of contracts with exactly this content; tests may have changed, since what they killed they kill again. */
export async function killedIn(
  directory: string | undefined,
  contracts: ReadonlyMap<string, Buffer>,
): Promise<Killed> {
  if (directory === undefined) return forgetful;
  const hash = createHash("sha256");
  for (const [path, content] of [...contracts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  const digest = hash.digest("hex").slice(0, 16);
  const file = join(directory, `killed-${digest}.jsonl`);
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
  const keys = new Set(lines.map((line) => (JSON.parse(line) as { key: string }).key));
  return {
    has: (key) => keys.has(key),
    add: (key, by) => appendFile(file, `${JSON.stringify({ key, by })}\n`),
  };
}
