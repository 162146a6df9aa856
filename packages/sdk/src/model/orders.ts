import type { Request } from "../request.ts";
import type { TaskParameters } from "./parameters.ts";
import { royaltiesOn, shareDown } from "./price.ts";
import type { SeatVerdict, Settlement } from "./settlement.ts";

/** How an order ends: by its prover's or holder's proof, by that of another after the holder's time, or without one. */
export type OrderEnd = "proven" | "rescued" | "unproven" | "policy-removed";

export interface OrderSettlement extends Settlement {
  /** DECO for the rescuer, in base units. */
  readonly bounty: bigint;
}

type Priced = Pick<Request, "maxPrice" | "programBps" | "dataBps">;

/** What an order takes out of its requester's balance when it is filled or held: its price, and the shares on top, each rounded down. */
export function orderCostOf(request: Priced, protocolFeeBps: number): bigint {
  const { program, data } = royaltiesOn(request, request.maxPrice);
  return request.maxPrice + shareDown(request.maxPrice, protocolFeeBps) + program + data;
}

/**
 * The end of an order. It costs what it pays, so nothing comes back unless nobody is paid, and nobody pays for its settling.
 * @param holder Provider that holds it; absent where it is filled at once.
 */
export function orderSettlementOf({
  request,
  terms,
  holder,
  end,
}: {
  readonly request: Priced & Pick<Request, "lock">;
  readonly terms: Pick<TaskParameters, "noShowBps" | "protocolFeeBps">;
  readonly holder?: number | undefined;
  readonly end: OrderEnd;
}): OrderSettlement {
  const isPaid = end === "proven" || end === "rescued";
  const isLost = end === "rescued" || end === "unproven";
  const paid = isPaid ? request.maxPrice : 0n;
  const slashed = isLost && holder !== undefined ? shareDown(request.lock, terms.noShowBps) : 0n;
  const bounty = end === "rescued" ? slashed / 2n : 0n;
  const verdicts: SeatVerdict[] =
    isLost && holder !== undefined
      ? [{ provider: holder, outcome: "no-show", paid: 0n, slashed }]
      : [];
  return {
    ...{ verdicts, paid, bounty, protocolFee: shareDown(paid, terms.protocolFeeBps) },
    ...{ royalties: royaltiesOn(request, paid), compensation: 0n, burned: slashed - bounty },
    refund: isPaid ? 0n : orderCostOf(request, terms.protocolFeeBps),
  };
}
