import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface CloseReserveParameters extends WriteParameters {
  readonly provider: number;
  readonly index: number;
}

export type CloseReserveReturnType = WriteResult;

/** What {@link closeReserve} throws. */
export type CloseReserveErrorType = DecoContractError | DecoUsageError;

/**
 * Frees the stake of a reserve that no order uses, from the provider's owner or operator key.
 * @throws DecoContractError `ReserveNotFree`, `NotProviderOwner`.
 */
export async function closeReserve(
  client: DecoClient,
  parameters: CloseReserveParameters,
): Promise<CloseReserveReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.provider, parameters.index] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "closeReserve", args });
  return await sendCall(client, parameters, { to: market, data });
}
