import type { Hex } from "viem";
import { hashTypedData, parseSignature, signatureToCompactSignature } from "viem";
import type { MarketDomain } from "../request.ts";
import { marketTypedDataDomain } from "./task-id.ts";

/** EIP-712 type of a commitment that others bring, as in `contracts/types/Fold.sol`. */
const commitmentTypes = {
  Commitment: [
    { name: "taskId", type: "bytes32" },
    { name: "round", type: "uint8" },
    { name: "commitment", type: "bytes32" },
  ],
} as const;

/** A commitment for somebody else to bring; see `commitmentOf` for how it is made. */
export interface SealedCommitment {
  readonly taskId: Hex;
  readonly round: number;
  readonly commitment: Hex;
}

/** What the operator key of a provider signs to have its commitment brought by others. */
export function commitmentTypedData(domain: MarketDomain, message: SealedCommitment) {
  return {
    domain: marketTypedDataDomain(domain),
    types: commitmentTypes,
    primaryType: "Commitment",
    message,
  } as const;
}

/** Hash that the signature of a {@link SealedCommitment} is of. */
export function commitmentHashOf(domain: MarketDomain, message: SealedCommitment): Hex {
  return hashTypedData(commitmentTypedData(domain, message));
}

/** A signature of 65 bytes in the form of ERC-2098, as contracts take it where call data counts. */
export function compactSignature(signature: Hex): { readonly r: Hex; readonly vs: Hex } {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { r, vs: yParityAndS };
}
