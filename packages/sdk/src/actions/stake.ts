import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface StakeParameters extends WriteParameters {
  readonly provider: number;
  /** DECO in base units. */
  readonly amount: bigint;
}

export type StakeReturnType = WriteResult;

/** What {@link stake} throws. */
export type StakeErrorType = DecoContractError | DecoUsageError;

/**
 * Adds stake to a provider, from its owner. It counts for tasks that are posted later.
 * @throws DecoContractError `NotProviderOwner`, `ProviderLeaving`, `StakeBelowMinimum`, `ZeroAmount`.
 */
export async function stake(
  client: DecoClient,
  parameters: StakeParameters,
): Promise<StakeReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "stake",
    args: [parameters.provider, parameters.amount],
  });
  return await sendCall(client, parameters, { to: market, data });
}
