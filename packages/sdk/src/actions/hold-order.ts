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
import { orderOf } from "../order.ts";
import type { Request } from "../request.ts";

export interface HoldOrderParameters extends WriteParameters {
  /** As {@link orderRequest} makes it, with a lock and windows. */
  readonly request: Request;
  /** By the request's requester, made by signRequest; left out when it is the sender. */
  readonly signature?: Hex | undefined;
  /** A free reserve of the sender's provider with at least the order's lock in it. */
  readonly index: number;
}

export interface HoldOrderReturnType extends WriteResult {
  readonly taskId: Hex;
  /** What {@link proveHeld} and {@link dropOrder} want; {@link unpackHold} tells what is in it. */
  readonly hold: bigint;
}

/** What {@link holdOrder} throws. */
export type HoldOrderErrorType = DecoContractError | DecoUsageError;

/**
 * Takes a signed order for its commit window, in which nobody else may prove it, from a provider's operator key. The requester's
 * balance pays price, protocol fee and royalties now, and gets them back when nobody proves.
 * @throws DecoContractError `NonceUsed`, `RequestExpired`, `InvalidSignature`, `InsufficientBalance`, `ReserveNotFree`, `ReserveTooSmall`, `LockTooSmall`, `TaskTooLong`, `WrongPolicy`, `PolicyNotListed`, `TokenNotListed`, `FieldOutOfRange`, `NotAnOperator`.
 * @throws DecoUsageError `not-an-order`.
 */
export async function holdOrder(
  client: DecoClient,
  parameters: HoldOrderParameters,
): Promise<HoldOrderReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, signature = "0x", index } = parameters;
  const args = [orderOf(request), signature, index] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "holdOrder", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { taskId, hold } = eventOf(market, sent.receipt, "OrderHeld").args;
  return { ...sent, taskId, hold };
}
