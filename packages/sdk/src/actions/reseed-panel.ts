import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface ReseedPanelParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
}

export type ReseedPanelReturnType = WriteResult;

/** What {@link reseedPanel} throws. */
export type ReseedPanelErrorType = DecoContractError | DecoUsageError;

/**
 * Replaces a panel's seed that can never be known, once; by anyone.
 * @throws DecoContractError `SeedNotLost`, `AlreadyReseeded`, `ClaimWindowClosed`, `WrongStatus`, `WrongDisputeStatus`.
 */
export async function reseedPanel(
  client: DecoClient,
  parameters: ReseedPanelParameters,
): Promise<ReseedPanelReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "reseedPanel",
    args: [parameters.request, BigInt(parameters.index)],
  });
  return await sendCall(client, parameters, { to: market, data });
}
