// Keys of the circuits in circuits/:
//   npm run circuits -- verify                        rebuild and compare everything that is published (a few minutes)
//   npm run circuits -- ceremony --beacon HEX --contributor NAME --contributor NAME
//     and --circuit NAME: keys of these circuits only, with the powers of tau that are published
//   npm run circuits -- contribute FROM.zkey TO.zkey --contributor NAME
//   npm run circuits -- fixtures                      proofs for the Solidity tests
//   npm run circuits -- emit                          verifiers anew from the keys, and the hashes
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";
import { contribute, holdCeremony } from "./ceremony.ts";
import { writeVerifiers } from "./emit.ts";
import { writeFixtures } from "./fixtures.ts";
import { writeHashes } from "./hashes.ts";
import { verifyKeys } from "./verify.ts";

const say = (line: string) => process.stderr.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    beacon: { type: "string" },
    contributor: { type: "string", multiple: true },
    circuit: { type: "string", multiple: true },
  },
});

// Below the root: the compiler sees no other folder.
const work = await mkdtemp(join(projectRoot, "cache", "circuits-"));
try {
  await main();
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  say(`${error.code}: ${error.message}\n  ${error.remedy}`);
  process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
// snarkjs leaves its workers running.
process.exit();

async function main(): Promise<void> {
  const [command, from, to] = positionals;
  const contributors = values.contributor ?? [];
  if (command === "verify") {
    const wrong = await verifyKeys(work, say);
    for (const problem of wrong) say(`wrong: ${problem}`);
    say(wrong.length === 0 ? "all published keys are as their sources say" : "refused");
    process.exitCode = wrong.length === 0 ? 0 : 1;
    return;
  }
  if (command === "ceremony") {
    const { beacon = "", circuit: circuits } = values;
    await holdCeremony({ beacon, contributors, circuits }, work, say);
    await writeVerifiers();
    return writeHashes();
  }
  if (command === "emit") {
    await writeVerifiers();
    return writeHashes();
  }
  if (command === "fixtures") return writeFixtures(work);
  const [name] = contributors;
  if (command === "contribute" && from !== undefined && to !== undefined && name !== undefined) {
    return contribute(from, to, name);
  }
  throw new ToolError({
    code: "USAGE",
    message: "There is no such command.",
    remedy: "See the head of scripts/circuits/main.ts.",
  });
}
