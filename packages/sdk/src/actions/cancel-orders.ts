import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface CancelOrdersParameters extends WriteParameters {
  /** The orders' nonces divided by 256, rounded down. */
  readonly position: bigint;
  /** Bit i for the nonce 256 × position + i. */
  readonly mask: bigint;
}

export type CancelOrdersReturnType = WriteResult;

/** What {@link cancelOrders} throws. */
export type CancelOrdersErrorType = DecoContractError | DecoUsageError;

/** Makes orders of the sender worthless, 256 at a time, whether they were signed already or not. One alone: `cancelRequest`. */
export async function cancelOrders(
  client: DecoClient,
  parameters: CancelOrdersParameters,
): Promise<CancelOrdersReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.position, parameters.mask] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "cancelOrders", args });
  return await sendCall(client, parameters, { to: market, data });
}
