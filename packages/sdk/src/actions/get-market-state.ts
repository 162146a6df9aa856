import type { Address } from "viem";
import { getBlock, readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { MarketState } from "../plan/market-state.ts";
import { getParameters } from "./get-parameters.ts";
import { listProviders } from "./list-providers.ts";

export interface GetMarketStateParameters extends DecoParameters {
  /** Payment token whose terms are wanted; default: DECO. */
  readonly token?: Address | undefined;
  readonly signal?: AbortSignal | undefined;
}
export type GetMarketStateReturnType = MarketState;

/** What {@link getMarketState} throws. */
export type GetMarketStateErrorType = DecoUsageError;

/**
 * Everything about the market that a plan needs.
 * @throws DecoUsageError `deployment-unknown`, `aborted`.
 */
export async function getMarketState(
  client: DecoClient,
  parameters: GetMarketStateParameters = {},
): Promise<GetMarketStateReturnType> {
  const { market: address, token: deco } = deploymentOf(client, parameters);
  const [block, governed, totalStake, providers] = await Promise.all([
    getBlock(client),
    getParameters(client, parameters),
    readMarket(readContract(client, { address, abi: decoMarketAbi, functionName: "totalStake" })),
    listProviders(client, parameters),
  ]);
  return { timestamp: Number(block.timestamp), parameters: governed, deco, totalStake, providers };
}
