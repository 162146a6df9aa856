import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface GetMarketBalanceParameters extends DecoParameters {
  readonly token: Address;
  readonly account: Address;
}

/** Base units. */
export type GetMarketBalanceReturnType = bigint;

/** What the market owes to an account. */
export async function getMarketBalance(
  client: DecoClient,
  parameters: GetMarketBalanceParameters,
): Promise<GetMarketBalanceReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.token, parameters.account] as const;
  return await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "balanceOf", args }),
  );
}
