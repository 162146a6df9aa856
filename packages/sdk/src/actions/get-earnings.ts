import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface GetEarningsParameters extends DecoParameters {
  readonly token: Address;
  readonly provider: number;
}

/** Base units. */
export type GetEarningsReturnType = bigint;

/** What a provider has earned and not withdrawn. */
export async function getEarnings(
  client: DecoClient,
  parameters: GetEarningsParameters,
): Promise<GetEarningsReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.token, parameters.provider] as const;
  return await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "earningsOf", args }),
  );
}
