import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

import { CircuitsError } from "../errors.ts";

/** Where the sources of a circuit are. */
export interface SourcePlaces {
  readonly folder: string;
  /** The file that declares `main`, relative to the folder. */
  readonly main: string;
  readonly libraries: readonly string[];
}

const MAX_FILES = 10_000;

/**
 * Copies a circuit's main file and everything that it includes into one folder, each under the path that it has below the folder or
 * library in which it was found, so that the copy compiles with itself as its only library.
 * @returns the paths, sorted
 * @throws CircuitsError `circuit-source-invalid`
 */
export async function gatherSource(
  { folder, main, libraries }: SourcePlaces,
  target: string,
): Promise<string[]> {
  const roots = [folder, ...libraries].map((root) => resolve(root));
  const gathered = new Map<string, string>();
  const first = { root: resolve(folder), path: main };
  const waiting = [first];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { root, path } = next;
    const from = join(root, path);
    const known = gathered.get(path);
    if (known === from) continue;
    if (known !== undefined) {
      throw invalid(
        `${known} and ${from} would be the same file.`,
        "Rename one, or give one library.",
      );
    }
    if (gathered.size === MAX_FILES) {
      throw invalid(`More than ${MAX_FILES} files are included.`, "Include what is needed alone.");
    }
    const text = await read(from);
    gathered.set(path, from);
    const to = join(target, path);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, text);
    for (const name of includesOf(text)) {
      waiting.push(await find(name, next, roots));
    }
  }
  return [...gathered.keys()].sort();
}

/** The names that a source includes, in its order. */
export function includesOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/\/\/[^\n]*/g, "");
  return [...code.matchAll(/\binclude\s+"([^"\n]+)"/g)].map(([, name = ""]) => name);
}

/** As circom looks: beside the file that includes, then in each library. */
async function find(
  name: string,
  { root, path }: { readonly root: string; readonly path: string },
  roots: readonly string[],
): Promise<{ readonly root: string; readonly path: string }> {
  const beside = { root, path: relative(root, resolve(root, dirname(path), name)) };
  const places = [beside, ...roots.map((each) => ({ root: each, path: join(name) }))];
  for (const place of places) {
    const inside = !place.path.startsWith(`..${sep}`) && !isAbsolute(place.path);
    if (!(await exists(join(place.root, place.path)))) continue;
    if (inside) return place;
    throw invalid(
      `${path} includes "${name}", which is outside ${place.root}.`,
      "Name a source folder that holds everything, or give a library.",
    );
  }
  throw invalid(`${path} includes "${name}", which is nowhere.`, "Give its folder as a library.");
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw invalid(`${path} cannot be read.`, "Look at the path.", cause);
  }
}

function invalid(message: string, remedy: string, cause?: unknown): CircuitsError {
  return new CircuitsError("circuit-source-invalid", message, remedy, cause);
}
