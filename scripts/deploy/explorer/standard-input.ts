import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { projectRoot } from "../../lib/project.ts";
import { ToolError } from "../../lib/tool-error.ts";

/** What an explorer needs to compile a contract again. */
export interface StandardInput {
  /** `source:name`, with the source as the input names it. */
  readonly contractName: string;
  /** `v0.8.37+commit.…`. */
  readonly compilerVersion: string;
  /** Standard JSON input with the sources that this contract needs, and no others. */
  readonly input: unknown;
}

/**
 * @param qualifiedName `contracts/….sol:Name`, or `@openzeppelin/….sol:Name`
 * @throws ToolError SOURCES_MISSING
 */
export async function standardInputOf(
  { artifacts, solidity }: HardhatRuntimeEnvironment,
  qualifiedName: string,
): Promise<StandardInput> {
  const [source = "", name = ""] = qualifiedName.split(":");
  const root = source.startsWith("@") ? `npm:${source}` : join(projectRoot, source);
  const result = await solidity.getCompilationJobs([root], { quiet: true, force: true });
  const job = result.success ? result.compilationJobsPerFile.get(root) : undefined;
  const { inputSourceName } = await artifacts.readArtifact(qualifiedName);
  if (job === undefined || inputSourceName === undefined) {
    throw new ToolError({
      code: "SOURCES_MISSING",
      message: `${qualifiedName} cannot be prepared for an explorer.`,
      remedy: "Run: npm run build",
    });
  }
  return {
    contractName: `${inputSourceName}:${name}`,
    compilerVersion: `v${job.solcLongVersion}`,
    input: await job.getSolcInput(),
  };
}
