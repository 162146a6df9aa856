import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface ShowLeafParameters extends WriteParameters {
  readonly request: Request;
  /** The dispute's number. */
  readonly index: number;
  /** Digest of the item's result document. */
  readonly item: Hex;
  /** The Merkle path, then the manifest's digest. */
  readonly proof: readonly Hex[];
}

export type ShowLeafReturnType = WriteResult;

/** What {@link showLeaf} throws. */
export type ShowLeafErrorType = DecoContractError | DecoUsageError;

/**
 * Proves the accepted item of a disputed leaf, for those who voted for it: an item that is never shown counts as absent.
 * @throws DecoContractError `LeafMismatch`, `WrongDisputeStatus`, `WrongStatus`.
 */
export async function showLeaf(
  client: DecoClient,
  parameters: ShowLeafParameters,
): Promise<ShowLeafReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "showLeaf",
    args: [parameters.request, BigInt(parameters.index), parameters.item, [...parameters.proof]],
  });
  return await sendCall(client, parameters, { to: market, data });
}
