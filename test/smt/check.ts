// One run of the SMTChecker, in a process of its own: prints solc's answer as JSON. Started by run.ts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(import.meta.url);
const solc = require("solc") as {
  compile(input: string, callbacks: { import: (path: string) => object }): string;
};

const proofs = process.argv[2] ?? "";
const read = (path: string) => readFileSync(path, "utf8");
const input = {
  language: "Solidity",
  sources: { [proofs]: { content: read(proofs) } },
  settings: {
    remappings: ["@openzeppelin/=node_modules/@openzeppelin/"],
    modelChecker: {
      engine: "chc",
      contracts: { [proofs]: [basename(proofs, ".sol")] },
      targets: ["assert", "underflow", "overflow", "divByZero"],
      showProvedSafe: true,
      showUnproved: true,
      showUnsupported: true,
    },
    outputSelection: { "*": { "": ["ast"] } },
  },
};
const answer = solc.compile(JSON.stringify(input), {
  import: (path) => ({ contents: read(path) }),
});
process.stdout.write(answer);
