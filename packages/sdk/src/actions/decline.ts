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

export interface DeclineParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
}

export interface DeclineReturnType extends WriteResult {
  /** DECO in base units. */
  readonly fee: bigint;
}

/** What {@link decline} throws. */
export type DeclineErrorType = DecoContractError | DecoUsageError;

/**
 * Gives a fresh seat back for a small burned fee; trust does not move.
 * @throws DecoContractError `DeclineTooLate`, `WrongSeatStatus`, `WrongStatus`.
 */
export async function decline(
  client: DecoClient,
  parameters: DeclineParameters,
): Promise<DeclineReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "decline",
    args: [parameters.request],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "SeatDeclined");
  return { ...sent, fee: args.fee };
}
