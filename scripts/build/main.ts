// Compiles the contracts. Warnings and errors of the compiler go to stderr.
import { buildContracts } from "../solidity/build.ts";

const { code, stdout, stderr } = await buildContracts();
process.stderr.write(stdout + stderr);
process.exitCode = code;
