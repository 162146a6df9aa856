import type { ContractFunctionArgs } from "viem";
import type { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { AssignedSeat, Match, SignedTaskOffer } from "../matching.ts";
import { compactSignature } from "./commitment.ts";

type EncodedMatch = ContractFunctionArgs<typeof decoMarketAbi, "nonpayable", "openAndAssign">[0];

/** The seats of a match in the order in which its allocator signs them. */
export function assignedSeatsOf({
  taskSeats = [],
  offerSeats = [],
}: Pick<Match, "taskSeats" | "offerSeats">): AssignedSeat[] {
  return [...taskSeats, ...offerSeats].map(({ offer: { provider, price } }) => ({
    provider,
    price,
  }));
}

/** A match as the contracts take it. */
export function encodeMatch(match: Match): EncodedMatch {
  const { request, signature = "0x", assignment = "0x", taskSeats = [], offerSeats = [] } = match;
  return { request, signature, assignment, taskSeats: taskSeats.map(encodeTaskSeat), offerSeats };
}

/** Provider, price and expiry share a word; the signature is compact (ERC-2098). */
function encodeTaskSeat({ offer, signature }: SignedTaskOffer): EncodedMatch["taskSeats"][number] {
  const terms = BigInt(offer.provider) | (offer.price << 32n) | (BigInt(offer.expiry) << 128n);
  return { terms, ...compactSignature(signature) };
}
