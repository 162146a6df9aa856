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

export interface EscalateParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
}

export interface EscalateReturnType extends WriteResult {
  readonly round: number;
  /** Seats that the round wants. */
  readonly seats: number;
}

/** What {@link escalate} throws. */
export type EscalateErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a further round after a failed vote. By anyone, for a fee.
 * @throws DecoContractError `NoFurtherRound`, `SettleWindowOpen`, `CommitWindowOpen`, `WrongStatus`.
 */
export async function escalate(
  client: DecoClient,
  parameters: EscalateParameters,
): Promise<EscalateReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "escalate",
    args: [parameters.request],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "RoundOpened");
  return { ...sent, round: args.round, seats: args.seats };
}
