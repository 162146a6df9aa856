import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";
import type { ContractName, PublishedContract } from "./contracts.ts";

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
export async function readArtifact({ name, source }: ContractName): Promise<Artifact> {
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

/** Everything that can be called on, is told by, or comes back from a contract, in the order of names. */
export async function readAbi(contract: PublishedContract): Promise<Artifact["abi"]> {
  const { abi } = await readArtifact(contract);
  if (contract.answers === undefined) return abi;
  const { interface: answered, modules } = contract.answers;
  const errors = await Promise.all(modules.map(async (module) => (await readArtifact(module)).abi));
  const all = [
    ...abi,
    ...(await readArtifact(answered)).abi,
    ...errors.flat().filter(({ type }) => type === "error"),
  ].filter(({ type }) => type !== "fallback");
  // Selectors and topics depend on name and inputs; what two parts declare alike is one.
  const unique = new Map(all.map((entry) => [keyOf(entry), entry]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function keyOf({ type, name, inputs }: Record<string, unknown>): string {
  return `${String(type)} ${String(name ?? "")} ${JSON.stringify(inputs)}`;
}
