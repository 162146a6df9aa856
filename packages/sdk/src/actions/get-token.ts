import type { Address } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoTokenAbi } from "../generated/abis/deco-token.ts";

export interface GetTokenParameters extends DecoParameters {
  /** Default: DECO. */
  readonly token?: Address | undefined;
}

/** What a person needs to read amounts of a token. */
export interface TokenInfo {
  readonly address: Address;
  readonly symbol: string;
  readonly decimals: number;
}
export type GetTokenReturnType = TokenInfo;

/** Symbol and decimals of a token. */
export async function getToken(
  client: DecoClient,
  parameters: GetTokenParameters = {},
): Promise<GetTokenReturnType> {
  const address = parameters.token ?? deploymentOf(client, parameters).token;
  const contract = { address, abi: decoTokenAbi } as const;
  const [symbol, decimals] = await readMarket(
    Promise.all([
      readContract(client, { ...contract, functionName: "symbol" }),
      readContract(client, { ...contract, functionName: "decimals" }),
    ]),
  );
  return { address, symbol, decimals };
}
