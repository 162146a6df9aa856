import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a script of this folder in a process of its own and returns what it prints. */
export async function runScript(
  name: string,
  args: readonly string[],
  options: { readonly flags?: readonly string[]; readonly env?: Record<string, string> } = {},
): Promise<string> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...(options.flags ?? []), script, ...args],
    { env: options.env ?? {} },
  );
  return stdout;
}

/** Switches that make V8 use one of its two WebAssembly compilers only. */
export const COMPILERS = {
  baseline: ["--liftoff-only"],
  optimising: ["--no-liftoff", "--no-wasm-tier-up"],
} as const;
