import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import { encodeMatch } from "../digests/encode-match.ts";
import type { DecoContractError, DecoContractErrorCode } from "../errors/contract-error.ts";
import { contractErrorOfSelector } from "../errors/decode-contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Match } from "../matching.ts";

/** Most items of one {@link openMany}. */
export const MAX_MATCHES = 32;

export interface OpenManyParameters extends WriteParameters {
  /** At most {@link MAX_MATCHES}. */
  readonly matches: readonly Match[];
}

export interface OpenManyReturnType extends WriteResult {
  /** Tasks that this call opened. */
  readonly opened: readonly Hex[];
  readonly seated: readonly { readonly taskId: Hex; readonly provider: number }[];
  /** Items that changed nothing, with the error that each would have thrown alone. */
  readonly refused: readonly { readonly taskId: Hex; readonly code: DecoContractErrorCode }[];
}

/** What {@link openMany} throws. */
export type OpenManyErrorType = DecoContractError | DecoUsageError;

/**
 * Opens and seats many matches in one transaction, from any account. One that is refused stops no other;
 * when all are, the call is refused as the first is.
 * @throws DecoContractError `TooManyMatches`, and as `openAndAssign`.
 */
export async function openMany(
  client: DecoClient,
  parameters: OpenManyParameters,
): Promise<OpenManyReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.matches.map(encodeMatch)] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "openMany", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const events = parseMarketLogs(market, sent.receipt.logs);
  return {
    ...sent,
    opened: eventsNamed(events, "TaskPosted").map(({ args: { taskId } }) => taskId),
    seated: eventsNamed(events, "SeatAssigned").map(({ args: { taskId, provider } }) => ({
      taskId,
      provider,
    })),
    refused: eventsNamed(events, "MatchRefused").map(({ args: { taskId, reason } }) => ({
      taskId,
      code: contractErrorOfSelector(reason),
    })),
  };
}
