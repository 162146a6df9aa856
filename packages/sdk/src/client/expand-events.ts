import type { Hex, Log } from "viem";
import { bagResultOf } from "../digests/bag-tree.ts";
import { tagOf } from "../digests/vote.ts";
import { unpackSeatWord, unpackTaskWord } from "../model/fold.ts";
import { SEAT_OUTCOMES } from "../model/names.ts";
import { priceAtFraction } from "../model/price.ts";
import { orderRequest } from "../order.ts";
import type { MarketEvent, MarketEventName, MarketEventOf } from "./market-events.ts";

const AGREED = SEAT_OUTCOMES.indexOf("agreed");
const NO_OFFER: Hex = `0x${"00".repeat(32)}`;

/**
 * Puts, before each event that tells several things at once to save gas, the ordinary events that tell the same:
 * `RoundOpened` and `SeatAssigned` for `TaskFolded`; `Revealed`, `SeatEnded` and `TaskSettled` for `TaskAgreed`; `ResultProven` and
 * `TaskSettled` for `TaskProven`, before them `SeatEnded`, or `RoundOpened` where there was no seat; `TaskPosted` for `OrderPosted` and `OrderHeld`. Who
 * reads events sees one language, whichever way a task took. Such an event carries the log of the one that it stands for.
 */
export function expandEvents<Event extends MarketEvent>(events: readonly Event[]): Event[] {
  return events.flatMap((event) => {
    // What is made has the log, and so the type, of the event that it is made from.
    if (event.eventName === "TaskFolded") return [...(unfolded(event, events) as Event[]), event];
    if (event.eventName === "TaskAgreed") return [...(settled(event) as Event[]), event];
    if (event.eventName === "OrderPosted" || event.eventName === "OrderHeld") {
      return [ordered(event) as Event, event];
    }
    if (event.eventName === "TaskProven") return [...(proven(event) as Event[]), event];
    return [event];
  });
}

/** The price is known when the request is among the events; else zero. Which offer was used is in the call data only. */
function unfolded(
  event: MarketEventOf<"TaskFolded">,
  events: readonly MarketEvent[],
): MarketEvent[] {
  const { taskId, task, roster, seats } = event.args;
  const { wanted, seedBlock } = unpackTaskWord(task);
  const request = events.find(
    (other): other is MarketEventOf<"TaskPosted"> =>
      other.eventName === "TaskPosted" && other.args.taskId === taskId,
  )?.args.request;
  const assigned = roster.map((provider, index) => {
    const { round, trust, early, priceFraction } = unpackSeatWord(seats[index] ?? 0n);
    const price = request ? priceAtFraction(request, priceFraction) : 0n;
    return like(event, "SeatAssigned", {
      ...{ taskId, provider, round, trust, early },
      ...{ priceFraction: Number(priceFraction), price, offer: NO_OFFER },
    });
  });
  return [like(event, "RoundOpened", { taskId, round: 1, seats: wanted, seedBlock }), ...assigned];
}

function settled(event: MarketEventOf<"TaskAgreed">): MarketEvent[] {
  const { taskId, result, digest, root, weight, refund, settler, seats, salts, document } =
    event.args;
  const tag = tagOf(taskId, 1, BigInt(root) === 0n ? digest : bagResultOf(root, digest));
  const ended = seats.map(endedSeat);
  return [
    ...ended.map(({ provider }, index) =>
      like(event, "Revealed", { taskId, provider, tag, salt: salts[index] ?? NO_OFFER }),
    ),
    ...ended.map((seat) =>
      like(event, "SeatEnded", { taskId, ...seat, outcome: AGREED, slashed: 0n }),
    ),
    like(event, "TaskSettled", {
      ...{ taskId, result, digest, root, weight, total: weight, refund, settler, document },
    }),
  ];
}

function proven(event: MarketEventOf<"TaskProven">): MarketEvent[] {
  const { taskId, policy, provider, digest, root, ended, refund, settler, document } = event.args;
  const seat = endedSeat(ended);
  const result = BigInt(root) === 0n ? digest : bagResultOf(root, digest);
  return [
    seat.trust === 0
      ? // Nobody is drawn for it, so there is no seed.
        like(event, "RoundOpened", { taskId, round: 1, seats: 0, seedBlock: 0 })
      : like(event, "SeatEnded", { taskId, ...seat, outcome: AGREED, slashed: 0n }),
    like(event, "ResultProven", { taskId, policy, provider, paid: seat.paid, bounty: 0n }),
    like(event, "TaskSettled", {
      ...{ taskId, result, digest, root, weight: 0n, total: 0n, refund, settler, document },
    }),
  ];
}

function ordered(event: MarketEventOf<"OrderPosted" | "OrderHeld">): MarketEvent {
  const { taskId, requester, program, terms } = event.args;
  const hold = "conditions" in event.args ? event.args.conditions : {};
  const request = orderRequest({ requester, program, ...terms, ...hold });
  return like(event, "TaskPosted", { taskId, requester, program, request });
}

/** A paid seat as these events pack it; trust is at least 1.0, so zero means that there was none. */
function endedSeat(word: bigint) {
  return {
    provider: Number(word & 0xffff_ffffn),
    trust: Number((word >> 32n) & 0xffn),
    debt: Number((word >> 40n) & 0xffffn),
    paid: word >> 56n,
  };
}

function like<Name extends MarketEventName>(
  event: MarketEvent,
  eventName: Name,
  args: MarketEventOf<Name>["args"],
): MarketEvent {
  // The log's own fields are of the same type for every name.
  return { ...(event as Log), eventName, args } as unknown as MarketEventOf<Name>;
}
