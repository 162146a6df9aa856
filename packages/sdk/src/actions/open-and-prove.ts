import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Opening, Request } from "../request.ts";
import type { ProveReturnType } from "./prove.ts";

export interface OpenAndProveParameters extends WriteParameters {
  /** Without a seat: `replicas` 0. */
  readonly request: Request;
  /** By the request's requester, made by signRequest; left out when it is the sender. */
  readonly signature?: Hex | undefined;
  readonly opening: Opening;
  /** What the policy asks for. */
  readonly proof: Hex;
}

export interface OpenAndProveReturnType extends ProveReturnType {
  readonly taskId: Hex;
}

/** What {@link openAndProve} throws. */
export type OpenAndProveErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a signed request without a seat and proves it in one call, from a provider's operator key; paid is the request's lowest price.
 * @throws DecoContractError `AlreadyPosted`, `InvalidSignature`, `InsufficientBalance`, `ProofRefused`, `WrongPolicy`, `PolicyNotListed`, `NotAnOperator`, `GasTooLow`, and as `post`.
 */
export async function openAndProve(
  client: DecoClient,
  parameters: OpenAndProveParameters,
): Promise<OpenAndProveReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, signature = "0x", opening, proof } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "openAndProve",
    args: [request, signature, opening, proof],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { taskId, paid, bounty } = eventOf(market, sent.receipt, "ResultProven").args;
  return { ...sent, taskId, paid, bounty };
}
