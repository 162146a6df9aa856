import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface RaiseOfferEpochParameters extends WriteParameters {
  readonly provider: number;
}

export interface RaiseOfferEpochReturnType extends WriteResult {
  /** What offers must name from now on. */
  readonly epoch: number;
}

/** What {@link raiseOfferEpoch} throws. */
export type RaiseOfferEpochErrorType = DecoContractError | DecoUsageError;

/**
 * Makes all offers worthless that a provider has signed so far; from its owner or operator key.
 * @throws DecoContractError `NotProviderOwner`, `UnknownProvider`.
 */
export async function raiseOfferEpoch(
  client: DecoClient,
  parameters: RaiseOfferEpochParameters,
): Promise<RaiseOfferEpochReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.provider] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "raiseOfferEpoch", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const event = eventOf(market, sent.receipt, "OfferEpochRaised");
  return { ...sent, epoch: event.args.epoch };
}
