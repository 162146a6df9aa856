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
import type { Request } from "../request.ts";

export interface DecideParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
  /** Provider of every seat of the panel, by ascending id. */
  readonly roster: readonly number[];
  /** A result; `AVAILABLE` or `UNAVAILABLE` for a claim of non-delivery. */
  readonly decision: Hex;
}

export interface DecideReturnType extends WriteResult {
  readonly agreeing: number;
  readonly committed: number;
}

/** What {@link decide} throws. */
export type DecideErrorType = DecoContractError | DecoUsageError;

/**
 * Opens what a panel's majority voted for: pays it, slashes the others. By anyone, for a fee.
 * @throws DecoContractError `PanelUndecided`, `RevealWindowOpen`, `CommitWindowOpen`, `InvalidDecision`, `RosterIncomplete`, `InvalidRoster`, `WrongStatus`, `WrongDisputeStatus`.
 */
export async function decide(
  client: DecoClient,
  parameters: DecideParameters,
): Promise<DecideReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "decide",
    args: [
      parameters.request,
      BigInt(parameters.index),
      [...parameters.roster],
      parameters.decision,
    ],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "PanelDecided");
  return { ...sent, agreeing: Number(args.agreeing), committed: Number(args.committed) };
}
