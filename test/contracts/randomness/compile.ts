import type { Abi, Hex } from "viem";
import { runSolc, type SolcInput, sourceOf } from "../support/solc.ts";

export interface Compiled {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Compiles one contract by solcjs; seconds, as only what it imports is compiled. */
export function compile(source: string, contract: string, edit?: SolcInput["edit"]): Compiled {
  const output = runSolc<{ abi: Abi; evm: { bytecode: { object: string } } }>({
    sources: sourceOf(source),
    outputSelection: { "*": { [contract]: ["abi", "evm.bytecode.object"] } },
    ...(edit && { edit }),
  });
  const compiled = output.contracts[source]?.[contract];
  if (compiled === undefined) throw new TypeError(`There is no ${contract} in ${source}.`);
  return { abi: compiled.abi, bytecode: `0x${compiled.evm.bytecode.object}` };
}
