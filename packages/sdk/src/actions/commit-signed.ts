import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import { compactSignature } from "../digests/commitment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { CommitRefusal } from "../model/names.ts";
import { commitRefusalOf } from "../model/names.ts";

/** A commitment that an operator key has signed; see `signCommitment`. */
export interface SignedCommitment {
  readonly taskId: Hex;
  readonly provider: number;
  readonly commitment: Hex;
  /** 65 bytes. */
  readonly signature: Hex;
}

export interface CommitSignedParameters extends WriteParameters {
  /** At most 64, of any tasks and providers. */
  readonly commitments: readonly SignedCommitment[];
}

export interface CommitSignedReturnType extends WriteResult {
  /** Commitments that were stored. */
  readonly stored: number;
  readonly skipped: readonly {
    readonly taskId: Hex;
    readonly provider: number;
    readonly reason: CommitRefusal;
  }[];
}

/** What {@link commitSigned} throws. */
export type CommitSignedErrorType = DecoContractError | DecoUsageError;

/**
 * Brings commitments for their providers; from any account. Items that do not fit are skipped and told.
 * @throws DecoContractError `NothingCommitted`, `TooManyCommitments`.
 */
export async function commitSigned(
  client: DecoClient,
  parameters: CommitSignedParameters,
): Promise<CommitSignedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const items = parameters.commitments.map(({ signature, ...item }) => ({
    ...item,
    ...compactSignature(signature),
  }));
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "commitSigned",
    args: [items],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const events = parseMarketLogs(market, sent.receipt.logs);
  return {
    ...sent,
    stored: eventsNamed(events, "Committed").length,
    skipped: eventsNamed(events, "CommitmentSkipped").map(
      ({ args: { taskId, provider, reason } }) => ({
        taskId,
        provider,
        reason: commitRefusalOf(reason),
      }),
    ),
  };
}
