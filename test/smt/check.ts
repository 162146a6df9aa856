// One run of the SMTChecker over one property, in a process of its own: prints solc's answer as JSON. Started by run.ts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

import { only, readHarness } from "./harness.ts";

const require = createRequire(import.meta.url);
const solc = require("solc") as {
  compile(input: string, callbacks: { import: (path: string) => object }): string;
};

const [path = "", name = ""] = process.argv.slice(2);
const harness = readHarness(path);
const engine = harness.properties.find((property) => property.name === name)?.engine;
const input = {
  language: "Solidity",
  sources: { [path]: { content: only(harness, name) } },
  settings: {
    remappings: ["@openzeppelin/=node_modules/@openzeppelin/"],
    modelChecker: {
      engine,
      contracts: { [path]: [basename(path, ".sol")] },
      targets: ["assert", "underflow", "overflow", "divByZero"],
      showProvedSafe: true,
      showUnproved: true,
      showUnsupported: true,
    },
    outputSelection: { "*": { "": ["ast"] } },
  },
};
const answer = solc.compile(JSON.stringify(input), {
  import: (imported) => ({ contents: readFileSync(imported, "utf8") }),
});
process.stdout.write(answer);
