import { glob } from "node:fs/promises";

import { projectRoot, type Tool, toolEntry } from "../lib/project.ts";
import { type Finished, runProcess } from "../lib/run-process.ts";
import { runForge } from "../solidity/run-forge.ts";
import type { Check, Findings } from "./check.ts";

const contracts = "contracts/**/*.sol";
const solidityTests = "test/**/*.sol";

/** Format, lint and imports' order of TypeScript and JSON. */
export const biome: Check = {
  name: "biome",
  async run(signal) {
    const finished = await runTool("biome", ["check", "--error-on-warnings", "."], signal);
    const files = /Checked (\d+) files/.exec(finished.stdout + finished.stderr)?.[1];
    return findings(Number(files ?? 0), finished);
  },
};

export const solidityFormat: Check = {
  name: "forge fmt",
  async run(signal) {
    const finished = await runForge(["fmt", "--check", "contracts", "test"], { signal });
    return findings(await countFiles(contracts, solidityTests), finished);
  },
};

export const solhint: Check = {
  name: "solhint",
  async run(signal) {
    const finished = await runTool("solhint", solhintArguments(".solhint.json", contracts), signal);
    return findings(await countFiles(contracts), finished);
  },
};

export const solhintTests: Check = {
  name: "solhint, tests",
  async run(signal) {
    const config = "scripts/check/solhint-tests.json";
    const finished = await runTool("solhint", solhintArguments(config, solidityTests), signal);
    return findings(await countFiles(solidityTests), finished);
  },
};

export const types: Check = {
  name: "tsc",
  async run(signal) {
    const finished = await runTool("tsc", ["-p", "tsconfig.json", "--listFiles"], signal);
    const lines = finished.stdout.split("\n");
    const own = (line: string) => line.startsWith(projectRoot) && !line.includes("node_modules");
    const problems = lines.filter((line) => !line.startsWith(projectRoot)).join("\n");
    return findings(lines.filter(own).length, { ...finished, stdout: problems });
  },
};

/** Unused files, exports and dependencies. */
export const unused: Check = {
  name: "knip",
  async run(signal) {
    const finished = await runTool("knip", ["--no-progress", "--no-config-hints"], signal);
    return findings(await countFiles("packages/*/src/**/*.ts"), finished);
  },
};

/** ABIs, bytecode and sizes in the SDK are those of `contracts/`. */
export const generated: Check = {
  name: "generated code",
  async run(signal) {
    const finished = await runProcess(process.execPath, ["scripts/generate/main.ts", "--check"], {
      signal,
    });
    return findings(await countFiles("packages/sdk/src/generated/**/*"), finished);
  },
};

function solhintArguments(config: string, pattern: string): string[] {
  return ["--disc", "--noPoster", "--max-warnings", "0", "--config", config, pattern];
}

function runTool(tool: Tool, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  return runProcess(process.execPath, [toolEntry(tool), ...args], {
    signal,
    env: { NO_COLOR: "1" },
  });
}

function findings(files: number, { code, stdout, stderr }: Finished): Findings {
  if (code === 0) return { files, problems: "" };
  return { files, problems: `${stdout}${stderr}`.trim() || `it ended with code ${code}` };
}

async function countFiles(...patterns: string[]): Promise<number> {
  let count = 0;
  for await (const entry of glob(patterns, { cwd: projectRoot, withFileTypes: true })) {
    if (entry.isFile()) count += 1;
  }
  return count;
}
