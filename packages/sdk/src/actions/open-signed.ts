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

export interface OpenSignedParameters extends WriteParameters {
  readonly request: Request;
  /** By the request's requester, made by signRequest; left out when it is the sender. */
  readonly signature?: Hex | undefined;
}

export interface OpenSignedReturnType extends WriteResult {
  readonly taskId: Hex;
}

/** What {@link openSigned} throws. */
export type OpenSignedErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a task that its requester has signed; from any account. Escrow and posting fee come from the
 * requester's market balance.
 * @throws DecoContractError `InvalidSignature`, `InsufficientBalance`, and as `post`.
 */
export async function openSigned(
  client: DecoClient,
  parameters: OpenSignedParameters,
): Promise<OpenSignedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.request, parameters.signature ?? "0x"] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "openSigned", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const event = eventOf(market, sent.receipt, "TaskPosted");
  return { ...sent, taskId: event.args.taskId };
}
