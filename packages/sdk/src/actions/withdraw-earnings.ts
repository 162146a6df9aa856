import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface WithdrawEarningsParameters extends WriteParameters {
  readonly provider: number;
  readonly token: Address;
  /** Base units. */
  readonly amount: bigint;
  readonly to: Address;
}

export type WithdrawEarningsReturnType = WriteResult;

/** What {@link withdrawEarnings} throws. */
export type WithdrawEarningsErrorType = DecoContractError | DecoUsageError;

/**
 * Takes out what a provider has earned; from its owner key.
 * @throws DecoContractError `NotProviderOwner`, `InsufficientBalance`, `InvalidReceiver`, `ZeroAmount`.
 */
export async function withdrawEarnings(
  client: DecoClient,
  parameters: WithdrawEarningsParameters,
): Promise<WithdrawEarningsReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "withdrawEarnings",
    args: [parameters.provider, parameters.token, parameters.amount, parameters.to],
  });
  return await sendCall(client, parameters, { to: market, data });
}
