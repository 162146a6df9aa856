import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { bindingOf, encodeProof, parseVerificationKey } from "@deco-network/proofs";
import { groth16, plonk, wtns } from "snarkjs";
import { type Hex, keccak256, toHex } from "viem";

import { projectRoot } from "../lib/project.ts";
import { keyFiles, publishedCircuits } from "./circuits.ts";
import { compileCircuit } from "./compile.ts";

/** A task that no market has: what is tested is what of it a proof binds. */
const TASK = { taskId: keccak256("0x7a54"), provider: 7, chainId: 31_337 } as const;
const MARKET = `0x${"dec0".repeat(10)}` as const;

const witnesses: Record<string, Record<string, string>> = {
  "sum-of-squares": { n: "5", salt: "123456789" },
  cubic: { x: "3", salt: "987654321" },
};

/** Writes real proofs of the published keys as a Solidity library, for tests that cannot prove. */
export async function writeFixtures(work: string): Promise<void> {
  const binding = bindingOf({ ...TASK, market: MARKET }).toString();
  const parts: string[] = [];
  for (const circuit of publishedCircuits) {
    if (circuit.verifier === undefined) continue;
    const { wasm } = await compileCircuit(circuit, join(work, circuit.name));
    const witness = { type: "mem" } as { type: "mem"; data?: Uint8Array };
    await wtns.calculate({ ...witnesses[circuit.name], binding }, wasm, witness);
    const system = circuit.system === "groth16" ? groth16 : plonk;
    const { proof, publicSignals } = await system.prove(keyFiles(circuit.name).proving, witness);
    const key = parseVerificationKey(await readFile(keyFiles(circuit.name).verification));
    const prefix = circuit.system.toUpperCase();
    const [input = 0n, output = 0n] = publicSignals.map(BigInt);
    const words = encodeProof(circuit.system, { input, output, proof }, new Uint8Array()).slice(
      130,
    );
    parts.push(
      `    uint256 internal constant ${prefix}_INPUT = ${word(input)};`,
      `    uint256 internal constant ${prefix}_OUTPUT = ${word(output)};`,
      `    bytes internal constant ${prefix}_PROOF =\n        hex"${words}";`,
      "    /// @dev The numbers of its key, in the order of its shape's holes.",
      `    bytes internal constant ${prefix}_KEY =\n        hex"${join32(key.words)}";`,
    );
  }
  const source = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ZkProofs
/// @notice Genuine proofs of the published keys for one task. Written by \`npm run circuits -- fixtures\`.
library ZkProofs {
    bytes32 internal constant TASK = ${TASK.taskId};
    uint32 internal constant PROVIDER = ${TASK.provider};
    address internal constant MARKET = address(bytes20(hex"${MARKET.slice(2)}"));

${parts.join("\n")}
}
`;
  await writeFile(join(projectRoot, "test", "contracts", "policies", "ZkProofs.sol"), source);
}

function join32(words: readonly bigint[]): string {
  return words.map((value) => word(value).slice(2)).join("");
}

function word(value: bigint): Hex {
  return toHex(value, { size: 32 });
}
