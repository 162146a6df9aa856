#!/usr/bin/env node
// Makes the WebAssembly compiler from npm look like a native solc, which is what forge starts. It answers the two calls
// that forge makes: --version, and --standard-json with the input on stdin (sources are in the input, nothing is read
// from disk).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const solc = require("solc");

if (process.argv.includes("--version")) {
  // 0.8.37+commit.abcdef01.Emscripten.clang; forge refuses versions that do not look native.
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (process.argv.includes("--standard-json")) {
  const input = JSON.parse(readFileSync(0, "utf8"));
  if (isTestProfile(input.settings)) keepTestsOnly(input.settings.outputSelection);
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
