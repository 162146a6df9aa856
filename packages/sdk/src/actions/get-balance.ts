import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface GetBalanceParameters extends DecoParameters {
  readonly token: Address;
  readonly account: Address;
}

/** Base units. */
export type GetBalanceReturnType = bigint;

/** What the market owes to an account. */
export async function getBalance(
  client: DecoClient,
  parameters: GetBalanceParameters,
): Promise<GetBalanceReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.token, parameters.account] as const;
  return await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "balanceOf", args }),
  );
}
