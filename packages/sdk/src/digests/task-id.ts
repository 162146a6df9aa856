import type { Hex, TypedDataDomain } from "viem";
import { hashTypedData } from "viem";
import type { MarketDomain, Request } from "../request.ts";

/** EIP-712 types of a request, as `REQUEST_TYPEHASH` in the contracts. */
export const requestTypes = {
  Request: [
    { name: "requester", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "expiry", type: "uint40" },
    { name: "program", type: "bytes32" },
    { name: "input", type: "bytes32" },
    { name: "volume", type: "uint32" },
    { name: "token", type: "address" },
    { name: "minPrice", type: "uint96" },
    { name: "maxPrice", type: "uint96" },
    { name: "rampSeconds", type: "uint32" },
    { name: "settlementFee", type: "uint96" },
    { name: "lock", type: "uint96" },
    { name: "dissentBps", type: "uint16" },
    { name: "replicas", type: "uint8" },
    { name: "maxReplicas", type: "uint8" },
    { name: "thresholdBps", type: "uint16" },
    { name: "minAgreeing", type: "uint8" },
    { name: "minTrust", type: "uint8" },
    { name: "minWeight", type: "uint16" },
    { name: "claimWindow", type: "uint32" },
    { name: "commitWindow", type: "uint32" },
    { name: "revealWindow", type: "uint32" },
    { name: "challengeWindow", type: "uint32" },
    { name: "deliveryWindow", type: "uint32" },
    { name: "inputWindow", type: "uint32" },
    { name: "auditBps", type: "uint16" },
    { name: "panelPrice", type: "uint96" },
    { name: "policy", type: "address" },
    { name: "policyData", type: "bytes32" },
    { name: "allocator", type: "address" },
    { name: "allocatorWindow", type: "uint32" },
    { name: "callback", type: "address" },
    { name: "callbackGas", type: "uint32" },
    { name: "programOwner", type: "address" },
    { name: "programBps", type: "uint16" },
    { name: "dataOwner", type: "address" },
    { name: "dataBps", type: "uint16" },
  ],
} as const;

/** EIP-712 domain of a market. */
export function marketTypedDataDomain({ chainId, market }: MarketDomain) {
  return {
    name: "Deco",
    version: "1",
    chainId,
    verifyingContract: market,
  } as const satisfies TypedDataDomain;
}

/** Task id of a request: its EIP-712 hash, which binds chain and market. */
export function taskIdOf(domain: MarketDomain, request: Request): Hex {
  return hashTypedData({
    domain: marketTypedDataDomain(domain),
    types: requestTypes,
    primaryType: "Request",
    message: request,
  });
}
