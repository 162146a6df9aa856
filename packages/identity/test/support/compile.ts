import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Hex } from "viem";

const require = createRequire(import.meta.url);
const SOURCE = "agent-registry.sol";

/** Bytecode of the registry of agents, compiled here: it is no contract of the market's. */
export function compileAgentRegistry(): Hex {
  const solc = require("solc") as {
    compile(input: string, readers: { import(path: string): { contents: string } }): string;
  };
  const content = readFileSync(new URL(SOURCE, import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { [SOURCE]: { content } },
    settings: { outputSelection: { [SOURCE]: { AgentRegistry: ["evm.bytecode.object"] } } },
  };
  const read = (path: string) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
  const compiled = output.contracts?.[SOURCE]?.AgentRegistry;
  if (compiled === undefined) throw new TypeError(JSON.stringify(output.errors));
  return `0x${compiled.evm.bytecode.object}`;
}
