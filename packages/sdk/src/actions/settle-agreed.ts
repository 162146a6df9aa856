import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Opening, Request } from "../request.ts";

export interface SettleAgreedParameters extends WriteParameters {
  readonly request: Request;
  /** Provider of every seat, by ascending id. */
  readonly roster: readonly number[];
  readonly opening: Opening;
  /** By the roster. */
  readonly salts: readonly Hex[];
}

export interface SettleAgreedReturnType extends WriteResult {
  readonly result: Hex;
  /** Base units credited to the requester's balance. */
  readonly refund: bigint;
}

/** What {@link settleAgreed} throws. */
export type SettleAgreedErrorType = DecoContractError | DecoUsageError;

/**
 * Reveals and settles in one call a first round of which every seat committed to the result, within its
 * reveal window; by anyone, for the settlement fee.
 * @throws DecoContractError `NotAgreed`, `NotAllCommitted`, `NotFinalAtOnce`, `RevealWindowClosed`, `ResultNotAccepted`, `RosterIncomplete`, `InvalidRoster`, `InvalidOpening`, `DocumentMismatch`, `WrongStatus`.
 */
export async function settleAgreed(
  client: DecoClient,
  parameters: SettleAgreedParameters,
): Promise<SettleAgreedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, roster, opening, salts } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "settleAgreed",
    args: [request, [...roster], opening, [...salts]],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "TaskSettled");
  return { ...sent, result: args.result, refund: args.refund };
}
