import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * The one place that fixes how contracts are compiled: Hardhat (artifacts, generated code) and
 * forge (Solidity tests) both read it, so what is tested is what is shipped.
 *
 * The compiler is the WebAssembly build from npm, because it needs no download of its own and is
 * the same bytes on every platform.
 */
export const compiler = {
  version: "0.8.37",
  path: require.resolve("solc/soljson.js"),
  viaIR: true,
  optimizerRuns: 400,
  /** The newest rules that the large layer-2 networks all have. */
  evmVersion: "cancun",
} as const;

/** EIP-170: a contract with more runtime bytes cannot be deployed. */
export const contractSizeLimit = 24_576;
