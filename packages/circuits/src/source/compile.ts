import { createHash } from "node:crypto";
import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { bindings, CircomRunner } from "circom2";

/** What circom makes of a source. */
export interface BuiltCircuit {
  readonly constraints: string;
  readonly witness: string;
}

export interface CompileOptions {
  /** Paths below the root. */
  readonly source: string;
  readonly built: string;
  /** Below the source folder. */
  readonly main: string;
  readonly optimisation: string;
}

const require = createRequire(import.meta.url);

/** Why circom refuses a source: its own words. */
export class NotCompiled extends Error {
  override readonly name = "NotCompiled";
}

/**
 * Compiles in this thread, with circom as WebAssembly that sees no folder but the root. The same source gives the same bytes everywhere.
 * @throws NotCompiled
 */
export async function compile(
  root: string,
  { source, built, main, optimisation }: CompileOptions,
): Promise<BuiltCircuit> {
  const said: string[] = [];
  const args = [
    join(source, main),
    ...[`--${optimisation}`, "--r1cs", "--wasm", "-l", source, "-o", built],
  ];
  const runner = new CircomRunner({
    ...{ args, env: {}, preopens: { ".": root } },
    bindings: { ...bindings, fs: hearing(said) },
  });
  const compiler = await readFile(require.resolve("circom2/circom.wasm"));
  try {
    await runner.execute(compiler);
  } catch (cause) {
    throw new NotCompiled(`circom refuses ${main}: ${wordsOf(said)}`, { cause });
  }
  const name = main.replace(/^.*\//, "").replace(/\.circom$/, "");
  return {
    constraints: join(root, built, `${name}.r1cs`),
    witness: join(root, built, `${name}_js`, `${name}.wasm`),
  };
}

/** The version of circom that is at hand. */
export async function circomVersion(): Promise<string> {
  const said: string[] = [];
  const runner = new CircomRunner({
    ...{ args: ["--version"], env: {}, preopens: {} },
    bindings: { ...bindings, fs: hearing(said) },
  });
  const compiler = await readFile(require.resolve("circom2/circom.wasm"));
  await runner.execute(compiler);
  const [version] = /[0-9]+\.[0-9]+\.[0-9]+/.exec(said.join("")) ?? [];
  if (version === undefined) throw new TypeError("circom tells no version.");
  return version;
}

/** A file's SHA-256 as documents write it. */
export async function sha256Of(path: string): Promise<`0x${string}`> {
  const hash = createHash("sha256");
  for await (const chunk of fs.createReadStream(path)) hash.update(chunk);
  return `0x${hash.digest("hex")}`;
}

/** The file system, but for the standard streams, which are kept: a thread of a command line writes nothing of its own. */
function hearing(said: string[]): typeof fs {
  return {
    ...fs,
    writeSync(fd: number, data: Uint8Array, ...rest: number[]) {
      if (fd !== 1 && fd !== 2) return fs.writeSync(fd, data, ...rest);
      const [offset = 0, length = data.length - offset] = rest;
      said.push(Buffer.from(data.subarray(offset, offset + length)).toString());
      return length;
    },
  } as typeof fs;
}

function wordsOf(said: readonly string[]): string {
  const text = said
    .join("")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out.
    .replace(/\u001b\[[0-9;]*m/g, "")
    .trim();
  return text.slice(0, 2_000) || "it says nothing";
}
