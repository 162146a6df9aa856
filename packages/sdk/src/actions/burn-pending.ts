import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export type BurnPendingParameters = WriteParameters;

export interface BurnPendingReturnType extends WriteResult {
  /** Base units of DECO. */
  readonly amount: bigint;
}

/** What {@link burnPending} throws. */
export type BurnPendingErrorType = DecoContractError | DecoUsageError;

/**
 * Burns the DECO that slashes and fees have set aside; by anyone.
 * @throws DecoContractError `ZeroAmount`.
 */
export async function burnPending(
  client: DecoClient,
  parameters: BurnPendingParameters = {},
): Promise<BurnPendingReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "burnPending" });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "Burned");
  return { ...sent, amount: args.amount };
}
