import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import { encodeMatch } from "../digests/encode-match.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Match } from "../matching.ts";
import type { Fold } from "../model/fold.ts";

/** Seats for the whole first round, by ascending provider id: first `taskSeats`, then `offerSeats`. */
export interface OpenAndFoldParameters extends WriteParameters, Match {}

export interface OpenAndFoldReturnType extends WriteResult {
  readonly taskId: Hex;
  readonly fold: Fold;
}

/** What {@link openAndFold} throws. */
export type OpenAndFoldErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a signed request with its first round full, folded: the cheapest way, as long as all seats agree.
 * @throws DecoContractError `AlreadyPosted`, `RosterIncomplete`, `InvalidRoster`, and as `openAndAssign`.
 */
export async function openAndFold(
  client: DecoClient,
  parameters: OpenAndFoldParameters,
): Promise<OpenAndFoldReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [encodeMatch(parameters)] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "openAndFold", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { taskId, task, terms, roster, seats } = eventOf(market, sent.receipt, "TaskFolded").args;
  return { ...sent, taskId, fold: { task, terms, roster, seats } };
}
