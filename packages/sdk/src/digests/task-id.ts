import type { Hex, TypedDataDomain } from "viem";
import { hashStruct, hashTypedData } from "viem";
import type { MarketDomain, Request, SeatTerms } from "../request.ts";

/**
 * EIP-712 types of a request, as `REQUEST_TYPEHASH` in the contracts. The two parts are hashed apart, so that a claim
 * passes the digest of the body and the seat terms only.
 */
export const requestTypes = {
  Request: [
    { name: "body", type: "RequestBody" },
    { name: "seats", type: "SeatTerms" },
  ],
  RequestBody: [
    { name: "requester", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "expiry", type: "uint40" },
    { name: "program", type: "bytes32" },
    { name: "input", type: "bytes32" },
    { name: "volume", type: "uint32" },
    { name: "token", type: "address" },
    { name: "minPrice", type: "uint96" },
    { name: "maxPrice", type: "uint96" },
    { name: "settlementFee", type: "uint96" },
    { name: "dissentBps", type: "uint16" },
    { name: "replicas", type: "uint8" },
    { name: "maxReplicas", type: "uint8" },
    { name: "thresholdBps", type: "uint16" },
    { name: "minAgreeing", type: "uint8" },
    { name: "minWeight", type: "uint16" },
    { name: "commitWindow", type: "uint32" },
    { name: "revealWindow", type: "uint32" },
    { name: "challengeWindow", type: "uint32" },
    { name: "deliveryWindow", type: "uint32" },
    { name: "inputWindow", type: "uint32" },
    { name: "auditBps", type: "uint16" },
    { name: "panelPrice", type: "uint96" },
    { name: "policy", type: "address" },
    { name: "policyData", type: "bytes32" },
    { name: "callback", type: "address" },
    { name: "callbackGas", type: "uint32" },
    { name: "programOwner", type: "address" },
    { name: "programBps", type: "uint16" },
    { name: "dataOwner", type: "address" },
    { name: "dataBps", type: "uint16" },
  ],
  SeatTerms: [
    { name: "lock", type: "uint96" },
    { name: "minTrust", type: "uint8" },
    { name: "claimWindow", type: "uint32" },
    { name: "rampSeconds", type: "uint32" },
    { name: "allocator", type: "address" },
    { name: "allocatorWindow", type: "uint32" },
  ],
} as const;

/** Every field of a request with its Solidity type, in the order of the contracts' struct. */
export const requestFields = [...requestTypes.RequestBody, ...requestTypes.SeatTerms] as const;

/** EIP-712 domain of a market. */
export function marketTypedDataDomain({ chainId, market }: MarketDomain) {
  return {
    name: "Deco",
    version: "1",
    chainId,
    verifyingContract: market,
  } as const satisfies TypedDataDomain;
}

/** What a requester signs: the request as EIP-712 typed data, for any wallet. */
export function requestTypedData(domain: MarketDomain, request: Request) {
  return {
    domain: marketTypedDataDomain(domain),
    types: requestTypes,
    primaryType: "Request",
    message: {
      body: pick(request, requestTypes.RequestBody),
      seats: seatTermsOf(request),
    },
  } as const;
}

/** Task id of a request: its EIP-712 hash, which binds chain and market. */
export function taskIdOf(domain: MarketDomain, request: Request): Hex {
  return hashTypedData(requestTypedData(domain, request));
}

/** EIP-712 hash of a request's body, which a claim passes in place of the body. */
export function bodyHashOf(request: Request): Hex {
  return hashStruct({ data: { ...request }, primaryType: "RequestBody", types: requestTypes });
}

/** The request's seat terms alone. */
export function seatTermsOf(request: Request): SeatTerms {
  return pick(request, requestTypes.SeatTerms);
}

function pick<const Fields extends readonly { readonly name: keyof Request }[]>(
  request: Request,
  fields: Fields,
): Pick<Request, Fields[number]["name"]> {
  // The entries are exactly the fields named.
  return Object.fromEntries(fields.map(({ name }) => [name, request[name]])) as never;
}
