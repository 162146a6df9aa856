import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface GetOrderNonceParameters extends DecoParameters {
  readonly requester: Address;
  /** The first nonce that will do; default 0. Name the one after the last that was signed: the chain knows of none before it is used. */
  readonly from?: bigint | undefined;
}
export type GetOrderNonceReturnType = bigint;

const WORD = 256n;

/** The requester's first nonce that no order used, so that orders fill one word of nonces after the other, which is the cheapest. */
export async function getOrderNonce(
  client: DecoClient,
  parameters: GetOrderNonceParameters,
): Promise<GetOrderNonceReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const { requester, from = 0n } = parameters;
  for (let nonce = from; ; nonce += WORD - (nonce % WORD)) {
    const args = [requester, nonce / WORD] as const;
    const used = await readMarket(
      readContract(client, { address, abi: decoMarketAbi, functionName: "orderNonces", args }),
    );
    for (let bit = nonce % WORD; bit < WORD; bit += 1n) {
      if (((used >> bit) & 1n) === 0n) return (nonce / WORD) * WORD + bit;
    }
  }
}
