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

export interface UndeliveredParameters extends WriteParameters {
  readonly request: Request;
}

export interface UndeliveredReturnType extends WriteResult {
  /** The dispute's number. */
  readonly index: number;
  /** Base units of the payment token. */
  readonly bond: bigint;
}

/** What {@link undelivered} throws. */
export type UndeliveredErrorType = DecoContractError | DecoUsageError;

/**
 * Says that the outputs of an accepted result cannot be fetched; by the requester, with a bond as for an appeal.
 * @throws DecoContractError `DeliveryWindowClosed`, `AlreadyClaimedUndelivered`, `NotRequester`, `WrongStatus`, `DepositTooSmall`.
 */
export async function undelivered(
  client: DecoClient,
  parameters: UndeliveredParameters,
): Promise<UndeliveredReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "undelivered",
    args: [parameters.request],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "DisputeOpened");
  return { ...sent, index: args.index, bond: args.bond };
}
