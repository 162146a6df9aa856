import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds the whole checkout. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The entry file of a tool, run with this process's own Node: shell wrappers differ by platform. */
export function toolEntry(tool: Tool): string {
  return join(projectRoot, "node_modules", entries[tool]);
}

export type Tool = keyof typeof entries;

const entries = {
  biome: "@biomejs/biome/bin/biome",
  hardhat: "hardhat/dist/src/cli.js",
  knip: "knip/bin/knip.js",
  solhint: "solhint/solhint.js",
  tsc: "typescript/bin/tsc",
  vitest: "vitest/vitest.mjs",
} as const;
