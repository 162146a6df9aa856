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
import type { Offer } from "../matching.ts";

export interface CancelOfferParameters extends WriteParameters {
  /** The offer that was signed. */
  readonly offer: Offer;
}

export interface CancelOfferReturnType extends WriteResult {
  /** EIP-712 hash of the offer. */
  readonly offerHash: Hex;
}

/** What {@link cancelOffer} throws. */
export type CancelOfferErrorType = DecoContractError | DecoUsageError;

/**
 * Makes one offer worthless; from the provider's owner or operator key. Task offers end by their expiry
 * or by raiseOfferEpoch.
 * @throws DecoContractError `NotProviderOwner`, `UnknownProvider`, `OfferVoid`.
 */
export async function cancelOffer(
  client: DecoClient,
  parameters: CancelOfferParameters,
): Promise<CancelOfferReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.offer] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "cancelOffer", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const event = eventOf(market, sent.receipt, "OfferCancelled");
  return { ...sent, offerHash: event.args.offer };
}
