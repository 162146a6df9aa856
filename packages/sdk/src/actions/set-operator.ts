import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface SetOperatorParameters extends WriteParameters {
  readonly provider: number;
  readonly operator: Address;
}

export type SetOperatorReturnType = WriteResult;

/** What {@link setOperator} throws. */
export type SetOperatorErrorType = DecoContractError | DecoUsageError;

/**
 * Replaces a provider's operator key; seats stay with the provider.
 * @throws DecoContractError `NotProviderOwner`, `OperatorInUse`, `InvalidOperator`.
 */
export async function setOperator(
  client: DecoClient,
  parameters: SetOperatorParameters,
): Promise<SetOperatorReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "setOperator",
    args: [parameters.provider, parameters.operator],
  });
  return await sendCall(client, parameters, { to: market, data });
}
