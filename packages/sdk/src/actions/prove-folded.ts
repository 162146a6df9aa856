import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";
import type { Opening, Request } from "../request.ts";
import type { ProveReturnType } from "./prove.ts";

export interface ProveFoldedParameters extends WriteParameters {
  readonly request: Request;
  /** As its opening told it; see `getFold`. */
  readonly fold: Fold;
  readonly opening: Opening;
  /** What the policy asks for. */
  readonly proof: Hex;
}

/** The bounty is zero: nobody rescues a folded task. */
export type ProveFoldedReturnType = ProveReturnType;

/** What {@link proveFolded} throws. */
export type ProveFoldedErrorType = DecoContractError | DecoUsageError;

/**
 * `prove` for the one seat of a folded task, from the operator key of its holder, within the commit window. A rescue needs the task
 * unfolded first.
 * @throws DecoContractError `FoldMismatch`, `ProofRefused`, `SeatHeld`, `ProofWindowClosed`, `PolicyRemoved`, `WrongPolicy`, `WrongStatus`, `GasTooLow`.
 */
export async function proveFolded(
  client: DecoClient,
  parameters: ProveFoldedParameters,
): Promise<ProveFoldedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, fold, opening, proof } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "proveFolded",
    args: [request, { ...fold, roster: [...fold.roster], seats: [...fold.seats] }, opening, proof],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { paid, bounty } = eventOf(market, sent.receipt, "ResultProven").args;
  return { ...sent, paid, bounty };
}
