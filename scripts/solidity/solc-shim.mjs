#!/usr/bin/env node
// Makes the WebAssembly compiler from npm look like a native solc, which is what forge starts. It answers the two calls
// that forge makes: --version, and --standard-json with the input on stdin (sources are in the input, nothing is read
// from disk).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Of the optimizer's work what is quick, and what lets inline assembly reach its variables. Its search for common expressions takes
 * four times as long as the rest of the compilation, and saves the tests less than that.
 */
const QUICK = {
  ...{ peephole: true, inliner: true, jumpdestRemover: true, orderLiterals: false },
  ...{ deduplicate: false, cse: false, constantOptimizer: false },
  ...{ yul: true, yulDetails: { stackAllocation: true, optimizerSteps: ":" } },
};

if (process.argv.includes("--version")) {
  // Not asked of the compiler, which takes seconds to start, at every start of forge. forge wants a version that looks native,
  // and of it the number.
  const { version } = require("solc/package.json");
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${version}+commit.00000000.Linux.g++\n`,
  );
} else if (process.argv.includes("--standard-json")) {
  const solc = require("solc");
  const input = JSON.parse(readFileSync(0, "utf8"));
  if (isTestProfile(input.settings)) {
    keepTestsOnly(input.settings.outputSelection);
    input.settings.optimizer = { runs: 0, details: QUICK };
  }
  process.stdout.write(solc.compile(JSON.stringify(input)));
} else {
  process.stderr.write(
    `solc-shim knows --version and --standard-json, not: ${process.argv.slice(2).join(" ")}\n`,
  );
  process.exitCode = 64;
}

/** The second profile of foundry.toml. */
function isTestProfile(settings) {
  return settings.optimizer?.runs === 0;
}

/**
 * Tests deploy the contracts as the first profile compiled them. forge asks for them a second time, with the settings of
 * the tests, which the market does not fit (its functions need the stack that only viaIR manages).
 */
function keepTestsOnly(outputSelection) {
  for (const file of Object.keys(outputSelection)) {
    if (!file.startsWith("test/")) delete outputSelection[file];
  }
}
