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

export interface CancelParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
}

export interface CancelReturnType extends WriteResult {
  /** Base units credited to the requester's balance. */
  readonly refund: bigint;
}

/** What {@link cancel} throws. */
export type CancelErrorType = DecoContractError | DecoUsageError;

/**
 * Ends a task before any seat is taken. Escrow is refunded, the posting fee is not.
 * @throws DecoContractError `NotRequester`, `SeatsTaken`, `UnknownTask`, `WrongStatus`.
 */
export async function cancel(
  client: DecoClient,
  parameters: CancelParameters,
): Promise<CancelReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "cancel",
    args: [parameters.request],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "TaskEnded");
  return { ...sent, refund: args.refund };
}
