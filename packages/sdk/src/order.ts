import type { Address, Hex } from "viem";
import { isAddressEqual, zeroAddress } from "viem";
import type { Request } from "./request.ts";

/** What an order asks for; the same fields, in the same order, as `contracts/types/Order.sol`. */
export interface OrderTerms {
  /** Unordered, used once by the requester. The 256 nonces from a multiple of 256 on share a word: the next of them costs 17,000 gas less. */
  readonly nonce: bigint;
  /** Last second of block time at which the order may be filled. */
  readonly expiry: number;
  /** Digest of the input document. */
  readonly input: Hex;
  /** Items of the bag; 1 for a single run. */
  readonly volume: number;
  readonly token: Address;
  /** Paid to whoever proves; protocol fee and royalties come on top. */
  readonly price: bigint;
  /** An instant proof policy. */
  readonly policy: Address;
  readonly policyData: Hex;
  readonly programOwner: Address;
  readonly programBps: number;
  readonly dataOwner: Address;
  readonly dataBps: number;
}

/** Requester and digest of the program document, which stand beside the terms in the event `OrderPosted`. */
export interface OrderParties {
  readonly requester: Address;
  readonly program: Hex;
}

/** Fields that every order has, royalties being optional. */
export type OrderParameters = OrderParties &
  Omit<OrderTerms, "programOwner" | "programBps" | "dataOwner" | "dataBps"> &
  Partial<OrderTerms>;

const NOTHING = {
  ...{ settlementFee: 0n, dissentBps: 0, replicas: 0, maxReplicas: 0, thresholdBps: 0 },
  ...{ minAgreeing: 0, minWeight: 0, commitWindow: 0, revealWindow: 0, challengeWindow: 0 },
  ...{ deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
  ...{ callback: zeroAddress, callbackGas: 0 },
  ...{ lock: 0n, minTrust: 0, claimWindow: 0, rampSeconds: 0 },
  ...{ allocator: zeroAddress, allocatorWindow: 0 },
} as const satisfies Partial<Request>;

const ROYALTIES = {
  ...{ programOwner: zeroAddress, programBps: 0, dataOwner: zeroAddress, dataBps: 0 },
} as const;

/** An order as the request that is signed: whatever it does not name is zero. */
export function orderRequest(order: OrderParameters): Request {
  const { price, ...named } = order;
  return { ...NOTHING, ...ROYALTIES, ...named, minPrice: price, maxPrice: price };
}

/** Whether a request is an order: one price, and zero in all that tells of seats, votes, windows, panels and callbacks. */
export function isOrder(request: Request): boolean {
  if (request.minPrice !== request.maxPrice) return false;
  return Object.entries(NOTHING).every(([field, zero]) => {
    const value = request[field as keyof typeof NOTHING];
    return typeof zero === "string" ? isAddressEqual(value as Address, zero) : value === zero;
  });
}
