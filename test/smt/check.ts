// One run of the SMTChecker, in a process of its own: prints solc's answer as JSON. Started by run.ts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };

const [proofs, library] = process.argv.slice(2);
const sources: Record<string, { content: string }> = {};
for (const path of [proofs, library]) {
  if (path !== undefined) sources[path] = { content: readFileSync(path, "utf8") };
}
const input = {
  language: "Solidity",
  sources,
  settings: {
    modelChecker: {
      engine: "chc",
      contracts: { [proofs ?? ""]: ["AccountingProofs"] },
      targets: ["assert", "underflow", "overflow", "divByZero"],
      showProvedSafe: true,
      showUnproved: true,
      showUnsupported: true,
    },
    outputSelection: { "*": { "": ["ast"] } },
  },
};
process.stdout.write(solc.compile(JSON.stringify(input)));
