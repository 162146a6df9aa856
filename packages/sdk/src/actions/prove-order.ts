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
import { orderOf } from "../order.ts";
import type { Opening, Request } from "../request.ts";
import type { ProveReturnType } from "./prove.ts";

export interface ProveOrderParameters extends WriteParameters {
  /** As {@link orderRequest} makes it, without a lock or windows. */
  readonly request: Request;
  /** By the request's requester, made by signRequest; left out when it is the sender. */
  readonly signature?: Hex | undefined;
  readonly opening: Opening;
  /** What the policy asks for. */
  readonly proof: Hex;
}

export interface ProveOrderReturnType extends ProveReturnType {
  readonly taskId: Hex;
}

/** What {@link proveOrder} throws. */
export type ProveOrderErrorType = DecoContractError | DecoUsageError;

/**
 * Fills a signed order by one proof, from a provider's operator key: its price is paid, and nothing else is left of it than its nonce.
 * @throws DecoContractError `OrderWantsHold`, `NonceUsed`, `RequestExpired`, `InvalidSignature`, `InsufficientBalance`, `ProofRefused`, `WrongPolicy`, `PolicyNotListed`, `TokenNotListed`, `FieldOutOfRange`, `NotAnOperator`, `GasTooLow`.
 * @throws DecoUsageError `not-an-order`.
 */
export async function proveOrder(
  client: DecoClient,
  parameters: ProveOrderParameters,
): Promise<ProveOrderReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, signature = "0x", opening, proof } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "proveOrder",
    args: [orderOf(request), signature, opening, proof],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { taskId, paid, bounty } = eventOf(market, sent.receipt, "ResultProven").args;
  return { ...sent, taskId, paid, bounty };
}
