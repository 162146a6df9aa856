import { type Abi, BaseError, decodeErrorResult, type Hex, isHex } from "viem";

/** What a failed simulation means for the transaction. */
export type SendFailure =
  /** The contract refuses; sending it would only cost gas. */
  | { readonly kind: "reverted"; readonly error: string; readonly args: readonly unknown[] }
  /** The key cannot pay for it now. */
  | { readonly kind: "unfunded" }
  /** The endpoint failed; nothing is known. */
  | { readonly kind: "unknown" };

/** Sorts an error of `estimateGas` or `sendRawTransaction`. */
export function classifySendFailure(error: unknown, abi: Abi): SendFailure {
  const text = error instanceof Error ? error.message : String(error);
  if (/insufficient funds|exceeds (the )?balance/i.test(text)) return { kind: "unfunded" };
  const data = revertData(error);
  if (data !== undefined) return { kind: "reverted", ...decodeRevert(data, abi) };
  if (/revert/i.test(text)) return { kind: "reverted", error: "unknown-revert", args: [] };
  return { kind: "unknown" };
}

function decodeRevert(data: Hex, abi: Abi): { error: string; args: readonly unknown[] } {
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return { error: errorName, args: args ?? [] };
  } catch {
    return { error: "unknown-revert", args: [data] };
  }
}

/** The return data that some error of the chain of causes carries. */
function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    const data = (cause as { data?: unknown }).data;
    const nested =
      typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
    if (typeof nested === "string" && isHex(nested) && nested.length >= 10) found = nested;
    return false;
  });
  return found;
}
