import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Files of `folder` that are missing, differ from `expected` or should not be there; sorted. */
export async function staleFiles(
  folder: string,
  expected: ReadonlyMap<string, string>,
): Promise<string[]> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(relative(folder, path).split(sep).join("/"), await readFile(path, "utf8"));
  }
  const names = new Set([...found.keys(), ...expected.keys()]);
  return [...names].filter((name) => found.get(name) !== expected.get(name)).sort();
}
