import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface CancelRequestParameters extends WriteParameters {
  /** The request that was signed. */
  readonly request: Request;
}

export interface CancelRequestReturnType extends WriteResult {
  readonly taskId: Hex;
}

/** What {@link cancelRequest} throws. */
export type CancelRequestErrorType = DecoContractError | DecoUsageError;

/**
 * Makes a signed request worthless before anyone has opened it; by its requester.
 * @throws DecoContractError `NotRequester`, `AlreadyPosted`.
 */
export async function cancelRequest(
  client: DecoClient,
  parameters: CancelRequestParameters,
): Promise<CancelRequestReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.request] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "cancelRequest", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const event = eventOf(market, sent.receipt, "RequestCancelled");
  return { ...sent, taskId: event.args.taskId };
}
