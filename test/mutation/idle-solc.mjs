#!/usr/bin/env node
// Stands in for the compiler once everything is compiled: forge asks at each start for the contracts by the profile of the
// tests, of which it keeps nothing (see scripts/solidity/solc-shim.mjs), and here it starts a thousand times.
import { readFileSync } from "node:fs";

if (process.argv.includes("--version")) {
  await import("../../scripts/solidity/solc-shim.mjs");
} else {
  readFileSync(0);
  process.stdout.write('{"sources":{},"contracts":{}}');
}
