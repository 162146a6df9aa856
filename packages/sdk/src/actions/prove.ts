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

export interface ProveParameters extends WriteParameters {
  readonly request: Request;
  /** Provider that holds the seat; absent for a task without a seat. */
  readonly holder?: number | undefined;
  readonly opening: Opening;
  /** What the policy asks for. */
  readonly proof: Hex;
}

export interface ProveReturnType extends WriteResult {
  /** Base units of the payment token credited to the caller's provider. */
  readonly paid: bigint;
  /** DECO credited for a rescue, in base units. */
  readonly bounty: bigint;
}

/** What {@link prove} throws. */
export type ProveErrorType = DecoContractError | DecoUsageError;

/**
 * Shows the result of a task with an instant policy, from a provider's operator key: for the own seat, as a rescuer after its
 * time, or first where there is no seat.
 * @throws DecoContractError `ProofRefused`, `SeatHeld`, `ProofWindowClosed`, `PolicyRemoved`, `WrongPolicy`, `WrongStatus`, `InvalidRoster`, `GasTooLow`.
 */
export async function prove(
  client: DecoClient,
  parameters: ProveParameters,
): Promise<ProveReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, holder, opening, proof } = parameters;
  const roster = holder === undefined ? [] : [holder];
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "prove",
    args: [request, roster, opening, proof],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { paid, bounty } = eventOf(market, sent.receipt, "ResultProven").args;
  return { ...sent, paid, bounty };
}
