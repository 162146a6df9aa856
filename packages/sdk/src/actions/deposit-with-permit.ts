import type { Address } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { SignPermitReturnType } from "./sign-permit.ts";

export interface DepositWithPermitParameters extends WriteParameters {
  readonly token: Address;
  /** Base units. */
  readonly amount: bigint;
  /** Made by signPermit for this token. */
  readonly permit: SignPermitReturnType;
}

export interface DepositWithPermitReturnType extends WriteResult {
  /** Base units that arrived. */
  readonly received: bigint;
}

/** What {@link depositWithPermit} throws. */
export type DepositWithPermitErrorType = DecoContractError | DecoUsageError;

/**
 * Puts tokens into the sender's balance in the market by a signed permit.
 * @throws DecoContractError as `deposit`.
 */
export async function depositWithPermit(
  client: DecoClient,
  parameters: DepositWithPermitParameters,
): Promise<DepositWithPermitReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { deadline, v, r, s } = parameters.permit;
  // The permit's own value is what was signed; the contract names the amount that it takes.
  const args = [parameters.token, parameters.amount, deadline, v, r, s] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "depositWithPermit", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  return { ...sent, received: eventOf(market, sent.receipt, "Deposited").args.amount };
}
