import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Compiled {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Compiles a contract of `contracts/` by solcjs; seconds, as only what it imports is compiled. */
export function compile(source: string, contract: string): Compiled {
  const solc = require("solc") as {
    compile(input: string, callbacks: { import(path: string): object }): string;
  };
  const input = {
    language: "Solidity",
    sources: {
      [source]: { content: readFileSync(`${root}${source}`, "utf8") },
    },
    settings: {
      evmVersion: "cancun",
      viaIR: true,
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { "*": { [contract]: ["abi", "evm.bytecode.object"] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  return {
    abi: output.contracts[source][contract].abi,
    bytecode: `0x${output.contracts[source][contract].evm.bytecode.object}`,
  };
}

function load(path: string): { contents: string } | { error: string } {
  const file = path.startsWith("@") ? `${root}node_modules/${path}` : `${root}${path}`;
  return existsSync(file) ? { contents: readFileSync(file, "utf8") } : { error: "not found" };
}
