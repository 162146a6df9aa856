import type { Hex } from "viem";
import { hashTypedData } from "viem";
import type { Assignment, Offer, TaskOffer } from "../matching.ts";
import type { MarketDomain } from "../request.ts";
import { marketTypedDataDomain } from "./task-id.ts";

/** EIP-712 types of offers and assignments, as in `contracts/types/Matching.sol`. */
const offerTypes = {
  Offer: [
    { name: "provider", type: "uint32" },
    { name: "taskId", type: "bytes32" },
    { name: "allocator", type: "address" },
    { name: "requester", type: "address" },
    { name: "program", type: "bytes32" },
    { name: "token", type: "address" },
    { name: "price", type: "uint96" },
    { name: "minLock", type: "uint96" },
    { name: "maxLock", type: "uint96" },
    { name: "maxVolume", type: "uint32" },
    { name: "minCommitWindow", type: "uint32" },
    { name: "seats", type: "uint32" },
    { name: "expiry", type: "uint40" },
    { name: "epoch", type: "uint32" },
    { name: "salt", type: "bytes32" },
  ],
} as const;

const taskOfferTypes = {
  TaskOffer: [
    { name: "taskId", type: "bytes32" },
    { name: "provider", type: "uint32" },
    { name: "price", type: "uint96" },
    { name: "expiry", type: "uint40" },
    { name: "epoch", type: "uint32" },
  ],
} as const;

const assignmentTypes = {
  Assignment: [
    { name: "taskId", type: "bytes32" },
    { name: "round", type: "uint8" },
    { name: "seats", type: "AssignedSeat[]" },
  ],
  AssignedSeat: [
    { name: "provider", type: "uint32" },
    { name: "price", type: "uint96" },
  ],
} as const;

/** What the operator key of a provider signs to give an {@link Offer}. */
export function offerTypedData(domain: MarketDomain, offer: Offer) {
  return {
    domain: marketTypedDataDomain(domain),
    types: offerTypes,
    primaryType: "Offer",
    message: offer,
  } as const;
}

/** What the operator key of a provider signs to give a {@link TaskOffer}. */
export function taskOfferTypedData(domain: MarketDomain, offer: TaskOffer) {
  return {
    domain: marketTypedDataDomain(domain),
    types: taskOfferTypes,
    primaryType: "TaskOffer",
    message: offer,
  } as const;
}

/** What an allocator signs to give the seats of an {@link Assignment}, in this order. */
export function assignmentTypedData(domain: MarketDomain, assignment: Assignment) {
  return {
    domain: marketTypedDataDomain(domain),
    types: assignmentTypes,
    primaryType: "Assignment",
    message: assignment,
  } as const;
}

/** Hash by which the chain knows a standing offer. */
export function offerHashOf(domain: MarketDomain, offer: Offer): Hex {
  return hashTypedData(offerTypedData(domain, offer));
}

/** Hash that the signature of a {@link TaskOffer} is of. */
export function taskOfferHashOf(domain: MarketDomain, offer: TaskOffer): Hex {
  return hashTypedData(taskOfferTypedData(domain, offer));
}

/** Hash that the signature of an {@link Assignment} is of. */
export function assignmentHashOf(domain: MarketDomain, assignment: Assignment): Hex {
  return hashTypedData(assignmentTypedData(domain, assignment));
}
