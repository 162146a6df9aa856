import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface OpenReserveParameters extends WriteParameters {
  /** 0 to 255: each reserve holds one order at a time. */
  readonly index: number;
  /** Base units of DECO out of the free stake, at least the lock of any order that it is to hold. */
  readonly amount: bigint;
}

export interface OpenReserveReturnType extends WriteResult {
  /** Provider of the sender. */
  readonly provider: number;
}

/** What {@link openReserve} throws. */
export type OpenReserveErrorType = DecoContractError | DecoUsageError;

/**
 * Sets free stake aside for orders that are held, from a provider's operator key. It stays locked from one order to the next.
 * @throws DecoContractError `ReserveExists`, `StakeNotFree`, `ZeroAmount`, `NotAnOperator`, `ProviderLeaving`, `ProviderDormant`.
 */
export async function openReserve(
  client: DecoClient,
  parameters: OpenReserveParameters,
): Promise<OpenReserveReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.index, parameters.amount] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "openReserve", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { provider } = eventOf(market, sent.receipt, "ReserveOpened").args;
  return { ...sent, provider };
}
