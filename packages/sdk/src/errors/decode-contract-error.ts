import type { Hex } from "viem";
import { BaseError, decodeErrorResult, isHex } from "viem";
import { contractErrorsAbi } from "../contracts.ts";
import type { DecoContractErrorCode } from "./contract-error.ts";
import { DecoContractError } from "./contract-error.ts";
import { contractRemedies } from "./contract-remedies.ts";

/**
 * Turns what viem throws for a refused call into a typed error.
 * @returns undefined when the error is no revert: the network, the account or the caller is at fault.
 */
export function decodeContractError(
  error: unknown,
  transactionHash?: Hex,
): DecoContractError | undefined {
  if (error instanceof DecoContractError) return error;
  const data = revertData(error);
  return data === undefined ? undefined : decodeRevertData(data, { cause: error, transactionHash });
}

/** Reads revert data. */
export function decodeRevertData(
  data: Hex,
  details: { readonly cause?: unknown; readonly transactionHash?: Hex | undefined } = {},
): DecoContractError {
  try {
    const { errorName, args } = decodeErrorResult({ abi: contractErrorsAbi, data });
    if (isKnown(errorName)) return new DecoContractError(errorName, args ?? [], details);
  } catch {
    // Data of no declared error, or none at all: told as such below.
  }
  return new DecoContractError("Unknown", [data], details);
}

function isKnown(name: string): name is DecoContractErrorCode {
  return Object.hasOwn(contractRemedies, name);
}

/** Nodes put the data at different depths; viem keeps what they sent along the chain of causes. */
function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    if (typeof cause !== "object" || cause === null || !("data" in cause)) return false;
    const { data } = cause;
    if (isHex(data)) found = data;
    else if (typeof data === "object" && data !== null && "data" in data && isHex(data.data)) {
      found = data.data;
    }
    return found !== undefined;
  });
  return found;
}
