// Deploys a market with Hardhat Ignition, or shows by a dry run what that would do. See docs/DEPLOYMENT.md.
import { ToolError } from "../lib/tool-error.ts";
import { buildContracts } from "../solidity/build.ts";
import { deployMarket } from "./deploy.ts";
import { loadDeployerKey } from "./deployer-key.ts";
import { type DeployOptions, parseOptions } from "./options.ts";
import { recordPath, writeRecord } from "./record.ts";
import { reportOf, reportText } from "./report.ts";
import { exampleSettings, loadSettings } from "./settings.ts";

async function main(options: DeployOptions): Promise<void> {
  const { chain, dryRun, rpcUrl, keyFile } = options;
  const settings = await loadSettings(options.settings ?? exampleSettings);
  const key =
    keyFile === undefined ? undefined : await loadDeployerKey(keyFile, options.passwordFile);
  await compile();
  const target =
    dryRun || rpcUrl === undefined
      ? ({ kind: "dry-run" } as const)
      : ({ kind: "node", rpcUrl, key, explorerKey: options.explorerKey } as const);
  const deployed = await deployMarket(chain, settings, target);
  let record: string | undefined;
  if (target.kind === "node") {
    record = recordPath(chain.id);
    await writeRecord(record, deployed.record);
  }
  const report = reportOf(chain, settings, deployed, record);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
}

/** What is deployed is what the sources say now. */
async function compile(): Promise<void> {
  const { code, stdout, stderr } = await buildContracts();
  if (code === 0) return;
  throw new ToolError({
    code: "BUILD_FAILED",
    message: "The contracts do not compile.",
    remedy: stdout + stderr,
  });
}

const args = process.argv.slice(2);
try {
  await main(parseOptions(args));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  const { code, message, remedy } = error;
  if (args.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ status: "error", code, message, remedy })}\n`);
  }
  process.stderr.write(`${code}: ${message}\n  ${remedy}\n`);
  process.exitCode = code === "USAGE" ? 64 : 1;
}
