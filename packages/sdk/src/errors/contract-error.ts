import type { Hex } from "viem";
import type { ContractErrorCode } from "../contracts.ts";
import { contractRemedies } from "./contract-remedies.ts";

/** What a caller should do after a refusal. */
export type ContractReaction =
  /** The same call may succeed once time has passed or others have acted. */
  | "wait"
  /** Something must change first: an argument, an allowance, a balance, the caller. */
  | "change"
  /** The call can never succeed; what it wanted has happened already or is out of reach. */
  | "stop";

/** What a refusal means to a person and to a program. */
export interface ContractRemedy {
  readonly reaction: ContractReaction;
  /** One sentence: what to change, try or wait for. */
  readonly remedy: string;
}

/** Beside Solidity's own error names: `Unknown` for data that no contract of Deco declares. */
export type DecoContractErrorCode = ContractErrorCode | "Error" | "Panic" | "Unknown";

/** A contract refused a call. Nothing was changed on the chain. */
export class DecoContractError extends Error {
  override readonly name = "DecoContractError";
  /** Name of the Solidity error. */
  readonly code: DecoContractErrorCode;
  readonly args: readonly unknown[];
  readonly reaction: ContractReaction;
  readonly remedy: string;
  /** The transaction that reverted, when it was mined. */
  readonly transactionHash: Hex | undefined;

  constructor(
    code: DecoContractErrorCode,
    args: readonly unknown[],
    details: { readonly cause?: unknown; readonly transactionHash?: Hex | undefined } = {},
  ) {
    const { remedy, reaction } = contractRemedies[code];
    super(`${code}(${args.map(formatArgument).join(", ")})`, { cause: details.cause });
    this.code = code;
    this.args = args;
    this.reaction = reaction;
    this.remedy = remedy;
    this.transactionHash = details.transactionHash;
  }
}

/** Names of fields travel as left-aligned ASCII in a word. */
function formatArgument(value: unknown): string {
  if (typeof value !== "string" || !/^0x(?:[2-7][0-9a-f])+(?:00)+$/.test(value))
    return String(value);
  if (value.length !== 66) return value;
  const bytes = value.slice(2).match(/../g) ?? [];
  return bytes
    .filter((byte) => byte !== "00")
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join("");
}
