import { type Address, zeroAddress } from "viem";
import type { MarketParameters } from "../actions/get-parameters.ts";
import type { Request } from "../request.ts";
import { DEFAULT_EXPIRY_SECONDS, randomNonce } from "./build-request.ts";
import { smallestLock } from "./posting-refusals.ts";

export interface RepeatRequestParameters {
  /** What was asked before. */
  readonly request: Request;
  /** Who asks now; need not be who did then. */
  readonly requester: Address;
  /** The market's values, with the terms of the request's payment token. */
  readonly parameters: MarketParameters;
  /** Time of the latest block, in seconds. */
  readonly timestamp: number;
  /** Price per replica at the ramp's end, in the token's base units; default: as before. */
  readonly maxPrice?: bigint | undefined;
  /** Default: random. */
  readonly nonce?: bigint | undefined;
}

/**
 * The same request once more: a task of its own, which can be posted for an hour, with seats that are drawn. What the market
 * asks for more than it did then (lock, settlement fee) is raised. A lower `maxPrice` takes `minPrice` with it.
 */
export function repeatRequest(again: RepeatRequestParameters): Request {
  const { request, requester, parameters, timestamp } = again;
  const maxPrice = again.maxPrice ?? request.maxPrice;
  return {
    ...request,
    requester,
    nonce: again.nonce ?? randomNonce(),
    expiry: timestamp + DEFAULT_EXPIRY_SECONDS,
    maxPrice,
    minPrice: request.minPrice < maxPrice ? request.minPrice : maxPrice,
    lock: larger(request.lock, smallestLock(maxPrice, parameters)),
    settlementFee: larger(request.settlementFee, parameters.token.minSettlementFee),
    allocator: zeroAddress,
    allocatorWindow: 0,
  };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
