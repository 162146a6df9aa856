import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { compactSignature } from "../digests/commitment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";

export interface CommitFoldedParameters extends WriteParameters {
  readonly taskId: Hex;
  readonly fold: Fold;
  /** Of every seat, in the order of the roster, each with its operator's signature of 65 bytes; see `signCommitment`. */
  readonly commitments: readonly { readonly commitment: Hex; readonly signature: Hex }[];
}

export type CommitFoldedReturnType = WriteResult;

/** What {@link commitFolded} throws. */
export type CommitFoldedErrorType = DecoContractError | DecoUsageError;

/**
 * Brings the commitments of all seats of a folded task; from any account. Reveals are open from then on.
 * @throws DecoContractError `FoldMismatch`, `CommitWindowClosed`, `RosterIncomplete`, `InvalidSignature`, `EmptyCommitment`, `WrongStatus`.
 */
export async function commitFolded(
  client: DecoClient,
  parameters: CommitFoldedParameters,
): Promise<CommitFoldedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { taskId, fold, commitments } = parameters;
  const sealed = commitments.map(({ commitment, signature }) => ({
    commitment,
    ...compactSignature(signature),
  }));
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "commitFolded",
    args: [taskId, { ...fold, roster: [...fold.roster], seats: [...fold.seats] }, sealed],
  });
  return await sendCall(client, parameters, { to: market, data });
}
