import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

import { compiler } from "./scripts/solidity/compiler.ts";

export default defineConfig({
  plugins: [hardhatViem],
  solidity: {
    // Solidity tests are forge's; Hardhat makes the artifacts that everything else is built from.
    splitTestsCompilation: true,
    compilers: [
      {
        version: compiler.version,
        path: compiler.path,
        settings: {
          viaIR: compiler.viaIR,
          optimizer: { enabled: true, runs: compiler.optimizerRuns },
          evmVersion: compiler.evmVersion,
          metadata: { bytecodeHash: "none", appendCBOR: false },
        },
      },
    ],
  },
  paths: {
    sources: "./contracts",
    tests: { solidity: "./test" },
    artifacts: "./artifacts",
    cache: "./cache",
  },
});
