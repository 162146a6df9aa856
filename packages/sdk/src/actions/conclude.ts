import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Opening, Request } from "../request.ts";

export interface ConcludeParameters extends WriteParameters {
  readonly request: Request;
  /** Provider that holds the seat. */
  readonly holder: number;
  /** The result, which settles; or zeros, which fail the seat. */
  readonly opening: Opening;
}

export type ConcludeReturnType = WriteResult;

/** What {@link conclude} throws. */
export type ConcludeErrorType = DecoContractError | DecoUsageError;

/**
 * Ends a task with a judge policy, from the policy's own account. Policies that are contracts have calls of their own.
 * @throws DecoContractError `NotTheJudge`, `ProofWindowClosed`, `PolicyRemoved`, `WrongPolicy`, `WrongStatus`.
 */
export async function conclude(
  client: DecoClient,
  parameters: ConcludeParameters,
): Promise<ConcludeReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, holder, opening } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "conclude",
    args: [request, [holder], opening],
  });
  return await sendCall(client, parameters, { to: market, data });
}
