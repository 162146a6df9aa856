import { encodeEventTopics, numberToHex } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import { getReserve } from "./get-reserve.ts";

export interface ListReservesParameters extends LogRange {
  readonly provider: number;
}

/** Stake that a provider has set aside for orders. */
export interface OpenedReserve {
  readonly index: number;
  readonly state: "free" | "used";
  /** Base units of DECO. */
  readonly amount: bigint;
}
export type ListReservesReturnType = readonly OpenedReserve[];

/**
 * The reserves that a provider has, by index.
 * @throws DecoUsageError `aborted`.
 */
export async function listReserves(
  client: DecoClient,
  parameters: ListReservesParameters,
): Promise<ListReservesReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { provider, deployment } = parameters;
  const topics = (["ReserveOpened", "ReserveClosed"] as const).map(
    (eventName) => encodeEventTopics({ abi: decoMarketAbi, eventName })[0],
  );
  const own = numberToHex(provider, { size: 32 });
  const logs = await readMarketLogs(client, parameters, [topics, own]);
  const amounts = new Map<number, bigint>();
  for (const event of parseMarketLogs(market, logs)) {
    if (event.eventName === "ReserveOpened") amounts.set(event.args.index, event.args.amount);
    if (event.eventName === "ReserveClosed") amounts.delete(event.args.index);
  }
  const reserves = await Promise.all(
    [...amounts].map(async ([index, amount]) => {
      const { state } = await getReserve(client, { deployment, provider, index });
      return { index, state, amount };
    }),
  );
  return reserves
    .filter((reserve): reserve is OpenedReserve => reserve.state !== "none")
    .sort((a, b) => a.index - b.index);
}
