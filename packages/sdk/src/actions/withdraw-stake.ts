import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface WithdrawStakeParameters extends WriteParameters {
  readonly provider: number;
}

export interface WithdrawStakeReturnType extends WriteResult {
  /** DECO in base units. */
  readonly amount: bigint;
}

/** What {@link withdrawStake} throws. */
export type WithdrawStakeErrorType = DecoContractError | DecoUsageError;

/**
 * Credits unbonded stake to the owner's balance in the market.
 * @throws DecoContractError `NotProviderOwner`, `NothingToWithdraw`, `StillUnbonding`.
 */
export async function withdrawStake(
  client: DecoClient,
  parameters: WithdrawStakeParameters,
): Promise<WithdrawStakeReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "withdrawStake",
    args: [parameters.provider],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "StakeWithdrawn");
  return { ...sent, amount: args.amount };
}
