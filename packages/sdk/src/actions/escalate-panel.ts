import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface EscalatePanelParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
  /** Provider of every seat of the panel, by ascending id. */
  readonly roster: readonly number[];
}

export type EscalatePanelReturnType = WriteResult;

/** What {@link escalatePanel} throws. */
export type EscalatePanelErrorType = DecoContractError | DecoUsageError;

/**
 * Ends a panel that did not fill or has no majority; the larger one follows a first one that voted. By anyone, for a fee.
 * @throws DecoContractError `ClaimWindowOpen`, `CommitWindowOpen`, `SettleWindowOpen`, `RosterIncomplete`, `InvalidRoster`, `WrongDisputeStatus`.
 */
export async function escalatePanel(
  client: DecoClient,
  parameters: EscalatePanelParameters,
): Promise<EscalatePanelReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "escalatePanel",
    args: [parameters.request, BigInt(parameters.index), [...parameters.roster]],
  });
  return await sendCall(client, parameters, { to: market, data });
}
