import { maxUint256 } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { offerHashOf } from "../digests/matching.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Offer } from "../matching.ts";

export interface GetOfferUseParameters extends DecoParameters {
  readonly offer: Offer;
}

/** What the chain knows of an offer. It may be void all the same: expired, or of an earlier epoch. */
export interface GetOfferUseReturnType {
  /** Whether it was cancelled by its hash. */
  readonly cancelled: boolean;
  /** Seats that it can still fill: none when it is cancelled. An offer for one task is not counted. */
  readonly left: number;
}

/** How much of a standing offer is left. */
export async function getOfferUse(
  client: DecoClient,
  parameters: GetOfferUseParameters,
): Promise<GetOfferUseReturnType> {
  const deployment = deploymentOf(client, parameters);
  const { offer } = parameters;
  const args = [offerHashOf(deployment, offer)] as const;
  const contract = { address: deployment.market, abi: decoMarketAbi } as const;
  const used = await readMarket(
    readContract(client, { ...contract, functionName: "offerUse", args }),
  );
  if (used === maxUint256) return { cancelled: true, left: 0 };
  return { cancelled: false, left: offer.seats - Number(used) };
}
