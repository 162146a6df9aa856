import type { Address, Hex } from "viem";
import { isAddressEqual, zeroAddress } from "viem";
import { DecoUsageError } from "./errors/usage-error.ts";
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

/** What an order says of being held; all zero in one that is proven at once. */
export interface HoldTerms {
  /** DECO that the holder loses a share of when nobody proves in time. */
  readonly lock: bigint;
  /** Seconds that the holder has. */
  readonly commitWindow: number;
  /** Seconds after them in which anybody else may prove. */
  readonly revealWindow: number;
}

/** Requester and digest of the program document, which stand beside the terms in the events `OrderPosted` and `OrderHeld`. */
export interface OrderParties {
  readonly requester: Address;
  readonly program: Hex;
}

/** Fields that every order has, royalties being optional, and {@link HoldTerms} where somebody is to hold it. */
export type OrderParameters = OrderParties &
  Omit<OrderTerms, keyof typeof ROYALTIES> &
  Partial<OrderTerms & HoldTerms>;

const NOTHING = {
  ...{ settlementFee: 0n, dissentBps: 0, replicas: 0, maxReplicas: 0, thresholdBps: 0 },
  ...{ minAgreeing: 0, minWeight: 0, challengeWindow: 0 },
  ...{ deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
  ...{ callback: zeroAddress, callbackGas: 0 },
  ...{ minTrust: 0, claimWindow: 0, rampSeconds: 0 },
  ...{ allocator: zeroAddress, allocatorWindow: 0 },
} as const satisfies Partial<Request>;

const ROYALTIES = {
  ...{ programOwner: zeroAddress, programBps: 0, dataOwner: zeroAddress, dataBps: 0 },
} as const;

const AT_ONCE = { lock: 0n, commitWindow: 0, revealWindow: 0 } as const satisfies HoldTerms;

/** An order as the request that is signed: whatever it does not name is zero. */
export function orderRequest(order: OrderParameters): Request {
  const { price, ...named } = order;
  return { ...NOTHING, ...ROYALTIES, ...AT_ONCE, ...named, minPrice: price, maxPrice: price };
}

/** An order as calls bring it along: a request without the words that are zero in every order. */
export interface Order extends OrderParties {
  readonly terms: OrderTerms;
  readonly hold: HoldTerms;
}

/**
 * The part of a request that makes it an order.
 * @throws DecoUsageError `not-an-order` when it asks for something that orders have not.
 */
export function orderOf(request: Request): Order {
  const [foreign] = foreignFields(request);
  if (foreign !== undefined) {
    throw new DecoUsageError("not-an-order", `The request is no order: ${foreign}.`, {
      remedy: "Make it with orderRequest, or post it as a task.",
    });
  }
  const { requester, program, nonce, expiry, input, volume, token, minPrice: price } = request;
  const { policy, policyData, programOwner, programBps, dataOwner, dataBps } = request;
  const { lock, commitWindow, revealWindow } = request;
  const royalties = { programOwner, programBps, dataOwner, dataBps };
  const terms = { nonce, expiry, input, volume, token, price, policy, policyData, ...royalties };
  return { requester, program, terms, hold: { lock, commitWindow, revealWindow } };
}

/** Whether a request is an order: one price, and zero in all that tells of seats, votes, disputes, panels and callbacks. */
export function isOrder(request: Request): boolean {
  return foreignFields(request).length === 0;
}

/** Whether somebody must hold an order before it is proven: it names a lock or a window. */
export function isHeld({ lock, commitWindow, revealWindow }: HoldTerms): boolean {
  return lock !== 0n || commitWindow !== 0 || revealWindow !== 0;
}

/** The signed request of an order that a call brings along. */
export function requestOfOrder({ requester, program, terms, hold }: Order): Request {
  return orderRequest({ requester, program, ...terms, ...hold });
}

/** What of a request no order has. */
function foreignFields(request: Request): string[] {
  const foreign = Object.entries(NOTHING).flatMap(([field, zero]) => {
    const value = request[field as keyof typeof NOTHING];
    const same = typeof zero === "string" ? isAddressEqual(value as Address, zero) : value === zero;
    return same ? [] : [`${field} is ${value}`];
  });
  const twoPrices = request.minPrice !== request.maxPrice;
  return twoPrices ? ["it has two prices", ...foreign] : foreign;
}
