import type { Address, ContractFunctionArgs, ContractFunctionName, Hex } from "viem";
import { encodeFunctionData } from "viem";
import { decoParametersAbi } from "../generated/abis/deco-parameters.ts";
import { timelockControllerAbi } from "../generated/abis/timelock-controller.ts";

/** A call that the timelock makes when an operation is executed. */
export interface GovernanceCall {
  readonly target: Address;
  readonly data: Hex;
}

type ParametersFunction = ContractFunctionName<typeof decoParametersAbi, "nonpayable">;
type TimelockFunction = "grantRole" | "revokeRole" | "updateDelay";

/**
 * A change of governed values, such as `parametersCall(deployment.parameters, "setTreasury", [account])`. Bounds are
 * checked by the contract, when the operation is executed.
 */
export function parametersCall<Name extends ParametersFunction>(
  parameters: Address,
  functionName: Name,
  args: ContractFunctionArgs<typeof decoParametersAbi, "nonpayable", Name>,
): GovernanceCall {
  const call = { abi: decoParametersAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0];
  return { target: parameters, data: encodeFunctionData(call) };
}

/** A change of the timelock itself, which only its own operations may make. */
export function timelockCall<Name extends TimelockFunction>(
  timelock: Address,
  functionName: Name,
  args: ContractFunctionArgs<typeof timelockControllerAbi, "nonpayable", Name>,
): GovernanceCall {
  const call = { abi: timelockControllerAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0];
  return { target: timelock, data: encodeFunctionData(call) };
}
