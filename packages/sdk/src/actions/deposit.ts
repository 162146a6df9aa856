import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface DepositParameters extends WriteParameters {
  readonly token: Address;
  /** Base units. */
  readonly amount: bigint;
}

export interface DepositReturnType extends WriteResult {
  /** Base units that arrived. */
  readonly received: bigint;
}

/** What {@link deposit} throws. */
export type DepositErrorType = DecoContractError | DecoUsageError;

/**
 * Puts tokens into the sender's balance in the market, from its allowance.
 * @throws DecoContractError `TokenNotListed`, `ZeroAmount`, `SafeERC20FailedOperation`.
 */
export async function deposit(
  client: DecoClient,
  parameters: DepositParameters,
): Promise<DepositReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "deposit",
    args: [parameters.token, parameters.amount],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "Deposited");
  return { ...sent, received: args.amount };
}
