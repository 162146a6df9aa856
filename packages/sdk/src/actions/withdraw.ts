import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface WithdrawParameters extends WriteParameters {
  readonly token: Address;
  /** Base units. */
  readonly amount: bigint;
  readonly to: Address;
}

export type WithdrawReturnType = WriteResult;

/** What {@link withdraw} throws. */
export type WithdrawErrorType = DecoContractError | DecoUsageError;

/**
 * Takes tokens out of the sender's balance in the market.
 * @throws DecoContractError `InsufficientBalance`, `InvalidReceiver`, `ZeroAmount`.
 */
export async function withdraw(
  client: DecoClient,
  parameters: WithdrawParameters,
): Promise<WithdrawReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "withdraw",
    args: [parameters.token, parameters.amount, parameters.to],
  });
  return await sendCall(client, parameters, { to: market, data });
}
