import type { Address } from "viem";
import { encodeEventTopics } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface ListOperatorsParameters extends LogRange {
  readonly providers: readonly number[];
}

/** A key that a provider works with, or worked with once. */
export interface Operator {
  readonly provider: number;
  readonly operator: Address;
}
export type ListOperatorsReturnType = readonly Operator[];

/**
 * Every operator key that these providers have had, oldest first: what a provider signed stays its own when it changes
 * keys.
 * @throws DecoUsageError `aborted`.
 */
export async function listOperators(
  client: DecoClient,
  parameters: ListOperatorsParameters,
): Promise<ListOperatorsReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = { provider: [...parameters.providers] };
  const topicsOf = (eventName: "ProviderRegistered" | "OperatorChanged") =>
    encodeEventTopics({ abi: decoMarketAbi, eventName, args });
  const [registered, provider] = topicsOf("ProviderRegistered");
  const [changed] = topicsOf("OperatorChanged");
  const logs = await readMarketLogs(client, parameters, [
    [registered, changed].filter((topic) => typeof topic === "string"),
    provider ?? null,
  ]);
  return parseMarketLogs(market, logs).flatMap((event) =>
    event.eventName === "ProviderRegistered" || event.eventName === "OperatorChanged"
      ? [{ provider: event.args.provider, operator: event.args.operator }]
      : [],
  );
}
