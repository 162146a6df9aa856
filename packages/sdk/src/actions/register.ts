import type { Address, Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface RegisterParameters extends WriteParameters {
  /** Key that signs the daily work and can withdraw nothing. */
  readonly operator: Address;
  /** Digest of the provider document. */
  readonly metadata: Hex;
  /** Comma-separated multiaddrs at which inputs are asked for and results are served. */
  readonly endpoint: string;
  /** DECO in base units. */
  readonly stake: bigint;
}

export interface RegisterReturnType extends WriteResult {
  /** Id of the new provider. */
  readonly provider: number;
}

/** What {@link register} throws. */
export type RegisterErrorType = DecoContractError | DecoUsageError;

/**
 * Creates a provider owned by the sender. The stake comes from the sender's balance, then its allowance.
 * @throws DecoContractError `StakeBelowMinimum`, `OperatorInUse`, `InvalidOperator`, `EndpointTooLong`, `SafeERC20FailedOperation`.
 */
export async function register(
  client: DecoClient,
  parameters: RegisterParameters,
): Promise<RegisterReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "register",
    args: [parameters.operator, parameters.metadata, parameters.endpoint, parameters.stake],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "ProviderRegistered");
  return { ...sent, provider: args.provider };
}
