import { decodeContractError } from "@deco-network/sdk";

/** What a failed simulation means for the transaction. */
export type SendFailure =
  /** The contract refuses, by the error of this name; sending it would only cost gas. */
  | { readonly kind: "reverted"; readonly error: string }
  /** The key cannot pay for it now. */
  | { readonly kind: "unfunded" }
  /** The endpoint failed; nothing is known. */
  | { readonly kind: "unknown" };

/** Sorts an error of `estimateGas`. */
export function classifySendFailure(error: unknown): SendFailure {
  const text = error instanceof Error ? error.message : String(error);
  if (/insufficient funds|exceeds (the )?balance/i.test(text)) return { kind: "unfunded" };
  const refused = decodeContractError(error);
  if (refused) return { kind: "reverted", error: refused.code };
  // Some nodes send no data with a revert.
  return /revert/i.test(text) ? { kind: "reverted", error: "Unknown" } : { kind: "unknown" };
}
