import { delimiter, dirname, join } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { type Finished, type RunOptions, runProcess } from "../lib/run-process.ts";
import { compiler } from "./compiler.ts";
import { forgeBinary } from "./forge-binary.ts";

/**
 * Runs forge with the compiler settings of this repository, in the root unless `cwd` says otherwise.
 * The result's code is the native binary's: not 0 when a test fails.
 */
export function runForge(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return runProcess(forgeBinary(), args, {
    ...options,
    env: {
      FOUNDRY_OFFLINE: "true",
      FOUNDRY_SOLC: join(projectRoot, "scripts", "solidity", "solc-shim.mjs"),
      FOUNDRY_VIA_IR: String(compiler.viaIR),
      FOUNDRY_OPTIMIZER: "true",
      FOUNDRY_OPTIMIZER_RUNS: String(compiler.optimizerRuns),
      FOUNDRY_EVM_VERSION: compiler.evmVersion,
      FOUNDRY_BYTECODE_HASH: "none",
      FOUNDRY_CBOR_METADATA: "false",
      // The shim runs on the Node of this process.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      ...options.env,
    },
  });
}
