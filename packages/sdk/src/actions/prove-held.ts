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
import { orderOf } from "../order.ts";
import type { Opening, Request } from "../request.ts";
import type { ProveReturnType } from "./prove.ts";

export interface ProveHeldParameters extends WriteParameters {
  readonly request: Request;
  /** As {@link holdOrder} returned it, or the event `OrderHeld` tells it. */
  readonly hold: bigint;
  readonly opening: Opening;
  /** What the policy asks for: made for the holder until the hold's last second, afterwards for the sender's provider. */
  readonly proof: Hex;
}

/** `paid` is the price; `bounty` is half of what a holder lost that did not prove in time. */
export type ProveHeldReturnType = ProveReturnType;

/** What {@link proveHeld} throws. */
export type ProveHeldErrorType = DecoContractError | DecoUsageError;

/**
 * Settles a held order by a proof: the holder's, brought by anyone, until the hold's last second; then, for the reveal window,
 * that of another provider, from its operator key.
 * @throws DecoContractError `OrderNotHeld`, `ProofRefused`, `ProofWindowClosed`, `PolicyRemoved`, `NotAnOperator`, `InvalidOpening`, `GasTooLow`.
 * @throws DecoUsageError `not-an-order`.
 */
export async function proveHeld(
  client: DecoClient,
  parameters: ProveHeldParameters,
): Promise<ProveHeldReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, hold, opening, proof } = parameters;
  const args = [orderOf(request), hold, opening, proof] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "proveHeld", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { paid, bounty } = eventOf(market, sent.receipt, "ResultProven").args;
  return { ...sent, paid, bounty };
}
