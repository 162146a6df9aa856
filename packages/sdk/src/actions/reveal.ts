import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { RevealRefusal } from "../model/names.ts";
import { revealRefusalOf } from "../model/names.ts";
import type { Reveal } from "../request.ts";

export interface RevealParameters extends WriteParameters {
  /** At most 64, of any tasks and providers. */
  readonly reveals: readonly Reveal[];
}

export interface RevealReturnType extends WriteResult {
  /** Reveals that were stored. */
  readonly stored: number;
  readonly skipped: readonly {
    readonly taskId: Reveal["taskId"];
    readonly provider: number;
    readonly reason: RevealRefusal;
  }[];
}

/** What {@link reveal} throws. */
export type RevealErrorType = DecoContractError | DecoUsageError;

/**
 * Shows tags and salts of committed seats; anyone may relay them. Items that do not fit are skipped and told.
 * @throws DecoContractError `NothingRevealed`, `TooManyReveals`.
 */
export async function reveal(
  client: DecoClient,
  parameters: RevealParameters,
): Promise<RevealReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [[...parameters.reveals]] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "reveal", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const events = parseMarketLogs(market, sent.receipt.logs);
  return {
    ...sent,
    stored: eventsNamed(events, "Revealed").length,
    skipped: eventsNamed(events, "RevealSkipped").map(({ args: { taskId, provider, reason } }) => ({
      taskId,
      provider,
      reason: revealRefusalOf(reason),
    })),
  };
}
