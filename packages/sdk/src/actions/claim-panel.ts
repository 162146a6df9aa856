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

export interface ClaimPanelParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
}

export interface ClaimPanelReturnType extends WriteResult {
  /** What the seat commits and reveals under, in the place of a task id; its round is 1. */
  readonly panelId: Hex;
}

/** What {@link claimPanel} throws. */
export type ClaimPanelErrorType = DecoContractError | DecoUsageError;

/**
 * Takes a seat of a dispute's open panel when the ticket is drawn; by an operator key. Binds the request's lock.
 * @throws DecoContractError `NotDrawn`, `AlreadySeated`, `ClaimWindowClosed`, `SeedUnknown`, `StakeTooYoung`, `StakeNotFree`, `ProviderDormant`, `ProviderLeaving`, `NotAnOperator`, `WrongStatus`, `WrongDisputeStatus`.
 */
export async function claimPanel(
  client: DecoClient,
  parameters: ClaimPanelParameters,
): Promise<ClaimPanelReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "claimPanel",
    args: [parameters.request, BigInt(parameters.index)],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "SeatTaken");
  return { ...sent, panelId: args.taskId };
}
