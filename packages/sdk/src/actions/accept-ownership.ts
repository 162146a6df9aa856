import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface AcceptOwnershipParameters extends WriteParameters {
  readonly provider: number;
}

export interface AcceptOwnershipReturnType extends WriteResult {
  /** Trust index afterwards, in tenths. */
  readonly trust: number;
}

/** What {@link acceptOwnership} throws. */
export type AcceptOwnershipErrorType = DecoContractError | DecoUsageError;

/**
 * Takes over a provider that was offered to the sender. Its trust falls back to the start.
 * @throws DecoContractError `NotPendingOwner`.
 */
export async function acceptOwnership(
  client: DecoClient,
  parameters: AcceptOwnershipParameters,
): Promise<AcceptOwnershipReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "acceptOwnership",
    args: [parameters.provider],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "OwnershipAccepted");
  return { ...sent, trust: args.trust };
}
