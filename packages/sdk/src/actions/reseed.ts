import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface ReseedParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
}

export type ReseedReturnType = WriteResult;

/** What {@link reseed} throws. */
export type ReseedErrorType = DecoContractError | DecoUsageError;

/**
 * Replaces a seed that can never be known, once per round, and opens the claim window anew. By anyone.
 * @throws DecoContractError `SeedNotLost`, `AlreadyReseeded`, `ClaimWindowClosed`, `WrongStatus`.
 */
export async function reseed(
  client: DecoClient,
  parameters: ReseedParameters,
): Promise<ReseedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "reseed",
    args: [parameters.request],
  });
  return await sendCall(client, parameters, { to: market, data });
}
