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

export interface AppealDecisionParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
}

export interface AppealDecisionReturnType extends WriteResult {
  /** Base units of the payment token. */
  readonly bond: bigint;
}

/** What {@link appealDecision} throws. */
export type AppealDecisionErrorType = DecoContractError | DecoUsageError;

/**
 * Sends the first panel's decision to the larger one; by anyone with the bond of level 2.
 * @throws DecoContractError `ChallengeWindowClosed`, `WrongDisputeStatus`, `WrongStatus`, `DepositTooSmall`.
 */
export async function appealDecision(
  client: DecoClient,
  parameters: AppealDecisionParameters,
): Promise<AppealDecisionReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "appealDecision",
    args: [parameters.request, BigInt(parameters.index)],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "DecisionAppealed");
  return { ...sent, bond: args.bond };
}
