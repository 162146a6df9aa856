import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Opening, Request } from "../request.ts";

export interface DeliverParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
  /** The accepted result; its document is what the callback gets. */
  readonly opening: Opening;
}

export interface DeliverReturnType extends WriteResult {
  /** False when the callback is no contract, reverted or ran out of its gas: try again later. */
  readonly delivered: boolean;
}

/** What {@link deliver} throws. */
export type DeliverErrorType = DecoContractError | DecoUsageError;

/**
 * Brings a settled result to the contract that the request names; by anyone, until it succeeded once.
 * @throws DecoContractError `AlreadyDelivered`, `NoCallback`, `WrongResult`, `WrongStatus`, `GasTooLow`, `DocumentMismatch`.
 */
export async function deliver(
  client: DecoClient,
  parameters: DeliverParameters,
): Promise<DeliverReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "deliver",
    args: [parameters.request, parameters.opening],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const events = parseMarketLogs(market, sent.receipt.logs);
  return { ...sent, delivered: eventsNamed(events, "ResultDelivered").length !== 0 };
}
