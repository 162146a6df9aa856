import type { Abi, ContractErrorName } from "viem";
import { decoMarketAbi } from "./generated/abis/deco-market.ts";
import { decoParametersAbi } from "./generated/abis/deco-parameters.ts";
import { decoTokenAbi } from "./generated/abis/deco-token.ts";
import { prevrandaoRandomnessAbi } from "./generated/abis/prevrandao-randomness.ts";
import { timelockControllerAbi } from "./generated/abis/timelock-controller.ts";

/** A contract error's name, as Solidity spells it, of any of Deco's contracts. */
export type ContractErrorCode =
  | ContractErrorName<typeof decoMarketAbi>
  | ContractErrorName<typeof decoParametersAbi>
  | ContractErrorName<typeof decoTokenAbi>
  | ContractErrorName<typeof prevrandaoRandomnessAbi>
  | ContractErrorName<typeof timelockControllerAbi>;

const contractAbis: readonly Abi[] = [
  decoMarketAbi,
  decoParametersAbi,
  decoTokenAbi,
  prevrandaoRandomnessAbi,
  timelockControllerAbi,
];

/** Every error that Deco's contracts can revert with, also those that a token bubbles up through the market. */
export const contractErrorsAbi: Abi = contractAbis.flatMap((abi) =>
  abi.filter((item) => item.type === "error"),
);
