import { chmod, readFile, realpath, stat } from "node:fs/promises";

import { ExecutorError } from "../errors.ts";
import { replacePrivateFile } from "../identity/private-file.ts";
import { parseConfigFile, parseJson } from "./load-config.ts";

/**
 * Changes fields of a configuration file and keeps the others as they are written; only spaces and line breaks may
 * become others. After a power cut the old file or the new one is there as a whole.
 * @param changes new values by path, such as `["policy", "pricing"]`
 * @throws ExecutorError `config-invalid`, before anything is written, when the result is no configuration
 */
export async function updateConfigFile(
  path: string,
  changes: readonly { readonly path: readonly [string, ...string[]]; readonly value: unknown }[],
): Promise<void> {
  // A link leads to the file that is meant; replacing the link would leave that as it was.
  const file = await realpath(path).catch((cause: unknown) => {
    throw new ExecutorError("config-invalid", `${path} cannot be read.`, {
      remedy: "Check the path.",
      cause,
    });
  });
  const text = await readFile(file, "utf8");
  const raw = parseJson({ path, text });
  for (const change of changes) put(raw, change.path, change.value);
  const changed = `${JSON.stringify(raw, null, indentOf(text))}\n`;
  parseConfigFile({ path, text: changed });
  const { mode } = await stat(file);
  await replacePrivateFile(file, changed);
  await chmod(file, mode & 0o777);
}

function put(within: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    within[first] = value;
    return;
  }
  const inner = within[first];
  const next = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  within[first] = next;
  put(next as Record<string, unknown>, rest, value);
}

/** How the file's first field is indented. */
function indentOf(text: string): string {
  return /^\{\s*\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
}
