// Formats TypeScript, JSON and Solidity, and applies the linter's safe corrections.
import { join } from "node:path";

import { projectRoot, toolEntry } from "../lib/project.ts";
import { runProcess } from "../lib/run-process.ts";
import { runForge } from "../solidity/run-forge.ts";

const biome = await runProcess(process.execPath, [toolEntry("biome"), "check", "--write", "."], {
  output: "show",
});
const forge = await runForge(["fmt", join(projectRoot, "contracts"), join(projectRoot, "test")], {
  output: "show",
});
process.exitCode = biome.code === 0 ? forge.code : biome.code;
