import hardhatIgnitionViem from "@nomicfoundation/hardhat-ignition-viem";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

import { compiler } from "./scripts/solidity/compiler.ts";

export default defineConfig({
  plugins: [hardhatViem, hardhatIgnitionViem],
  solidity: {
    // Solidity tests are forge's; Hardhat makes the artifacts that everything else is built from.
    splitTestsCompilation: true,
    // Deployed as it is: governance needs no code of its own.
    npmFilesToBuild: ["@openzeppelin/contracts/governance/TimelockController.sol"],
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
    // The journals of deployments, by which one that was interrupted goes on.
    ignition: "./deployments/ignition",
    cache: "./cache",
  },
});
