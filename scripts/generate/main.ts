// Writes the contracts' ABIs, bytecode and sizes and the known deployments into the SDK, so that the SDK and the demo
// need no compiler, and the pages that are tables of the sources into docs/.
// With --check nothing is written: the stale files are named and the exit code is 1.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";
import { buildContracts } from "../solidity/build.ts";
import { renderChains } from "./chains.ts";
import { staleFiles } from "./compare.ts";
import { renderLogs, renderMetrics, renderReasons } from "./operations.ts";
import { renderGenerated } from "./render.ts";

const folder = join(projectRoot, "packages", "sdk", "src", "generated");

async function main(args: readonly string[]): Promise<number> {
  const build = await buildContracts({ anew: !args.includes("--check") });
  if (build.code !== 0) {
    process.stderr.write(build.stdout + build.stderr);
    return build.code;
  }
  const files = await renderGenerated();
  await mkdir(folder, { recursive: true });
  const stale = await staleFiles(folder, files);
  if (args.includes("--check")) {
    if (stale.length === 0) return 0;
    process.stderr.write(
      `GENERATED_STALE: ${stale.map((name) => `packages/sdk/src/generated/${name}`).join(", ")}\n` +
        "  Run: npm run generate\n",
    );
    return 1;
  }
  for (const name of stale) {
    const path = join(folder, name);
    const content = files.get(name);
    if (content === undefined) {
      await rm(path);
    } else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    process.stdout.write(`${content === undefined ? "removed" : "wrote"} ${name}\n`);
  }
  const pages = {
    "CHAINS.md": renderChains(),
    "REASONS.md": renderReasons(),
    "LOGS.md": renderLogs(),
    "METRICS.md": renderMetrics(),
  };
  for (const [name, text] of Object.entries(pages)) {
    await writeFile(join(projectRoot, "docs", name), text);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 1;
}
