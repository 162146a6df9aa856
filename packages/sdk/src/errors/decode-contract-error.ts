import type { Hex } from "viem";
import { decodeErrorResult, isHex, slice, toFunctionSelector } from "viem";
import { formatAbiItem } from "viem/utils";
import { contractErrorsAbi } from "../contracts.ts";
import type { DecoContractErrorCode } from "./contract-error.ts";
import { DecoContractError } from "./contract-error.ts";
import { contractRemedies } from "./contract-remedies.ts";

/** Errors wrapped in errors; more would be a cycle. */
const MAX_CAUSES = 16;

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
    const item = errorsBySelector().get(slice(data, 0, 4));
    const { errorName, args } = decodeErrorResult({ abi: item ? [item] : contractErrorsAbi, data });
    if (isKnown(errorName)) return new DecoContractError(errorName, args ?? [], details);
  } catch {
    // Data of no declared error, or none at all: told as such below.
  }
  return new DecoContractError("Unknown", [data], details);
}

/** The error that a selector stands for, where a contract tells no more. */
export function contractErrorOfSelector(selector: Hex): DecoContractErrorCode {
  const name = errorsBySelector().get(selector)?.name;
  return name !== undefined && isKnown(name) ? name : "Unknown";
}

type ErrorItem = Extract<(typeof contractErrorsAbi)[number], { type: "error" }>;

let known: ReadonlyMap<Hex, ErrorItem> | undefined;

/** Made once: viem hashes one signature after the other until one fits, each time. */
function errorsBySelector(): ReadonlyMap<Hex, ErrorItem> {
  known ??= new Map(
    contractErrorsAbi.flatMap((item) =>
      item.type === "error" ? [[toFunctionSelector(formatAbiItem(item)), item]] : [],
    ),
  );
  return known;
}

function isKnown(name: string): name is DecoContractErrorCode {
  return Object.hasOwn(contractRemedies, name);
}

/**
 * Nodes put the data at different depths; viem keeps what they sent along the chain of causes. Errors
 * are told by their shape: an application may hold a second copy of viem, whose classes are others.
 */
function revertData(error: unknown): Hex | undefined {
  let found: Hex | undefined;
  for (let at = error, depth = 0; isObject(at) && depth < MAX_CAUSES; at = at.cause, depth++) {
    const data = isObject(at.data) ? at.data.data : at.data;
    if (isHex(data)) found = data;
  }
  return found;
}

function isObject(value: unknown): value is { readonly cause?: unknown; readonly data?: unknown } {
  return typeof value === "object" && value !== null;
}
