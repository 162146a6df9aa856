import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoTokenAbi } from "../generated/abis/deco-token.ts";

export interface ApproveParameters extends WriteParameters {
  readonly token: Address;
  /** Base units that the market may take; replaces the former allowance. */
  readonly amount: bigint;
}

export type ApproveReturnType = WriteResult;

/** What {@link approve} throws. */
export type ApproveErrorType = DecoContractError | DecoUsageError;

/** Allows the market to take tokens of the sender. */
export async function approve(
  client: DecoClient,
  parameters: ApproveParameters,
): Promise<ApproveReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [market, parameters.amount] as const;
  const data = encodeFunctionData({ abi: decoTokenAbi, functionName: "approve", args });
  return await sendCall(client, parameters, { to: parameters.token, data });
}
