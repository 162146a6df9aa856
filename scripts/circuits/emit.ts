import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parseVerificationKey } from "@deco-network/proofs";
import { zKey } from "snarkjs";
import { toHex } from "viem";

import { projectRoot } from "../lib/project.ts";
import { keyFiles, publishedCircuits, verifiersFolder } from "./circuits.ts";

/** The verifier contract of each published circuit, exactly as snarkjs emits it, by file name. */
export async function emitVerifiers(): Promise<ReadonlyMap<string, string>> {
  const folder = join(projectRoot, "node_modules", "snarkjs", "templates");
  const templates = {
    groth16: await readFile(join(folder, "verifier_groth16.sol.ejs"), "utf8"),
    plonk: await readFile(join(folder, "verifier_plonk.sol.ejs"), "utf8"),
  };
  const sources = new Map<string, string>();
  for (const { name, verifier } of publishedCircuits) {
    if (verifier === undefined) continue;
    sources.set(verifier, await zKey.exportSolidityVerifier(keyFiles(name).proving, templates));
  }
  return sources;
}

/** The numbers of the keys in those contracts, by which `packages/proofs` finds where other keys go. */
export async function renderTemplateKeys(): Promise<string> {
  const keys = await Promise.all(
    publishedCircuits
      .filter(({ verifier }) => verifier !== undefined)
      .map(async ({ name, system }) => {
        const { words } = parseVerificationKey(await readFile(keyFiles(name).verification));
        const lines = words.map((word) => `    "${toHex(word, { size: 32 }).slice(2)}",\n`);
        return `  ${system}: [\n${lines.join("")}  ],\n`;
      }),
  );
  return (
    "// Written by scripts/circuits from circuits/keys. Do not edit.\n" +
    `export const templateKeys = {\n${keys.join("")}} as const;\n`
  );
}

export const templateKeysFile = join(
  projectRoot,
  ...["packages", "proofs", "src", "generated", "template-keys.ts"],
);

/** Writes both into their places. */
export async function writeVerifiers(): Promise<void> {
  await mkdir(verifiersFolder, { recursive: true });
  for (const [name, source] of await emitVerifiers()) {
    await writeFile(join(verifiersFolder, name), source);
  }
  await writeFile(templateKeysFile, await renderTemplateKeys());
}
