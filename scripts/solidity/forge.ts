// forge, with this repository's compiler: node scripts/solidity/forge.ts test --match-path 'test/invariant/**'
import { ToolError } from "../lib/tool-error.ts";
import { runForge } from "./run-forge.ts";

try {
  const { code } = await runForge(process.argv.slice(2), { output: "inherit" });
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 69;
}
