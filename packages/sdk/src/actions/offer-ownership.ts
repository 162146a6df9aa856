import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface OfferOwnershipParameters extends WriteParameters {
  readonly provider: number;
  readonly to: Address;
}

export type OfferOwnershipReturnType = WriteResult;

/** What {@link offerOwnership} throws. */
export type OfferOwnershipErrorType = DecoContractError | DecoUsageError;

/**
 * Offers a provider to a new owner, who must accept; the zero address withdraws the offer.
 * @throws DecoContractError `NotProviderOwner`.
 */
export async function offerOwnership(
  client: DecoClient,
  parameters: OfferOwnershipParameters,
): Promise<OfferOwnershipReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "offerOwnership",
    args: [parameters.provider, parameters.to],
  });
  return await sendCall(client, parameters, { to: market, data });
}
