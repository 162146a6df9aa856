import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Reserve } from "../hold.ts";
import { unpackReserve } from "../hold.ts";

export interface GetReserveParameters extends DecoParameters {
  readonly provider: number;
  readonly index: number;
}
export type GetReserveReturnType = Reserve;

/** Whether a provider has a reserve of this index, and whether an order uses it. */
export async function getReserve(
  client: DecoClient,
  parameters: GetReserveParameters,
): Promise<GetReserveReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.provider, parameters.index] as const;
  const word = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "reserveOf", args }),
  );
  return unpackReserve(word);
}
