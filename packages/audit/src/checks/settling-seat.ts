import type { SettlingSeat } from "@deco-network/sdk";

import type { SeatEvidence } from "../evidence/fold-seats.ts";

/** A seat as the rules of its end want it. */
export function settlingSeatOf(seat: SeatEvidence): SettlingSeat {
  return {
    ...{ provider: seat.provider, round: seat.round, trust: seat.trust },
    priceFraction: seat.priceFraction,
    status: seat.status as SettlingSeat["status"],
    ...(seat.reveal ? { tag: seat.reveal.tag } : {}),
  };
}
