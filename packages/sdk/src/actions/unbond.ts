import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface UnbondParameters extends WriteParameters {
  readonly provider: number;
  /** DECO in base units. */
  readonly amount: bigint;
}

export type UnbondReturnType = WriteResult;

/** What {@link unbond} throws. */
export type UnbondErrorType = DecoContractError | DecoUsageError;

/**
 * Starts the unbonding of free stake; a second call restarts the delay for the whole.
 * @throws DecoContractError `NotProviderOwner`, `StakeNotFree`, `StakeBelowMinimum`, `ZeroAmount`.
 */
export async function unbond(
  client: DecoClient,
  parameters: UnbondParameters,
): Promise<UnbondReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "unbond",
    args: [parameters.provider, parameters.amount],
  });
  return await sendCall(client, parameters, { to: market, data });
}
