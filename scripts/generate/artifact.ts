import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";
import type { PublishedContract } from "./contracts.ts";

/** The parts of a Hardhat artifact that are published. */
export type Artifact = {
  abi: readonly Record<string, unknown>[];
  bytecode: string;
  deployedBytecode: string;
  linkReferences: Record<string, unknown>;
};

/**
 * Reads the artifact of a compiled contract.
 *
 * @throws ToolError ARTIFACT_MISSING when the contracts table and `contracts/` disagree.
 */
export async function readArtifact({ name, source }: PublishedContract): Promise<Artifact> {
  const path = join(projectRoot, "artifacts", source, `${name}.json`);
  try {
    return JSON.parse(await readFile(path, "utf8")) as Artifact;
  } catch (cause) {
    throw new ToolError({
      code: "ARTIFACT_MISSING",
      message: `There is no compiled ${name} of ${source}.`,
      remedy: "Correct the table in scripts/generate/contracts.ts.",
      cause,
    });
  }
}
