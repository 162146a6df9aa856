import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface GetProviderOfParameters extends DecoParameters {
  readonly operator: Address;
}

/** Provider id, or undefined when the key operates none. */
export type GetProviderOfReturnType = number | undefined;

/** The provider that an operator key serves. */
export async function getProviderOf(
  client: DecoClient,
  parameters: GetProviderOfParameters,
): Promise<GetProviderOfReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.operator] as const;
  const provider = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "providerOf", args }),
  );
  return provider === 0 ? undefined : provider;
}
