import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { EndReason } from "../model/names.ts";
import { endReasonOf } from "../model/names.ts";
import { orderOf } from "../order.ts";
import type { Request } from "../request.ts";

export interface DropOrderParameters extends WriteParameters {
  readonly request: Request;
  /** As {@link holdOrder} returned it, or the event `OrderHeld` tells it. */
  readonly hold: bigint;
}

export interface DropOrderReturnType extends WriteResult {
  /** `unproven`, or `policy-removed`, at which the holder loses nothing. */
  readonly reason: EndReason;
  /** Base units of the payment token that are back in the requester's balance. */
  readonly refund: bigint;
}

/** What {@link dropOrder} throws. */
export type DropOrderErrorType = DecoContractError | DecoUsageError;

/**
 * Ends a held order that nobody proved, by anyone, after its reveal window; at any time when its policy was removed or serves its data no more.
 * @throws DecoContractError `OrderNotHeld`, `ProofWindowOpen`, `GasTooLow`.
 * @throws DecoUsageError `not-an-order`.
 */
export async function dropOrder(
  client: DecoClient,
  parameters: DropOrderParameters,
): Promise<DropOrderReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [orderOf(parameters.request), parameters.hold] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "dropOrder", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { reason, refund } = eventOf(market, sent.receipt, "TaskEnded").args;
  return { ...sent, reason: endReasonOf(reason), refund };
}
