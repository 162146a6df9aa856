import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface CommitParameters extends WriteParameters {
  readonly taskId: Hex;
  readonly commitment: Hex;
}

export type CommitReturnType = WriteResult;

/** What {@link commit} throws. */
export type CommitErrorType = DecoContractError | DecoUsageError;

/**
 * Commits to a tag; from an operator key. Make it with commitmentOf and keep the salt secret.
 * @throws DecoContractError `CommitWindowClosed`, `EmptyCommitment`, `WrongSeatStatus`, `WrongStatus`.
 */
export async function commit(
  client: DecoClient,
  parameters: CommitParameters,
): Promise<CommitReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "commit",
    args: [parameters.taskId, parameters.commitment],
  });
  return await sendCall(client, parameters, { to: market, data });
}
