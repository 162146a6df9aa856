import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface DeregisterParameters extends WriteParameters {
  readonly provider: number;
}

export type DeregisterReturnType = WriteResult;

/** What {@link deregister} throws. */
export type DeregisterErrorType = DecoContractError | DecoUsageError;

/**
 * Stops taking seats and unbonds all free stake; call it again as tasks end.
 * @throws DecoContractError `NotProviderOwner`, `NothingToWithdraw`.
 */
export async function deregister(
  client: DecoClient,
  parameters: DeregisterParameters,
): Promise<DeregisterReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "deregister",
    args: [parameters.provider],
  });
  return await sendCall(client, parameters, { to: market, data });
}
