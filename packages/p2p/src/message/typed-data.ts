import type { MarketDomain } from "@deco-network/sdk";
import type { TypedDataDomain } from "viem";

/** EIP-712 type of every message. */
export const messageTypes = {
  Message: [
    { name: "kind", type: "string" },
    { name: "sender", type: "address" },
    { name: "recipient", type: "address" },
    { name: "sentAt", type: "uint40" },
    { name: "inReplyTo", type: "bytes32" },
    { name: "body", type: "bytes32" },
  ],
} as const;

/**
 * EIP-712 domain of messages. Another name than the market's, so that no message can ever be taken
 * for something that the market accepts.
 */
export function messageDomain({ chainId, market }: MarketDomain) {
  return {
    name: "Deco messages",
    version: "1",
    chainId,
    verifyingContract: market,
  } as const satisfies TypedDataDomain;
}
