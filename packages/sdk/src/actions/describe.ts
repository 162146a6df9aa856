import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface DescribeParameters extends WriteParameters {
  readonly provider: number;
  /** Digest of the provider document. */
  readonly metadata: Hex;
  /** Comma-separated multiaddrs, 512 bytes at most. */
  readonly endpoint: string;
}

export type DescribeReturnType = WriteResult;

/** What {@link describe} throws. */
export type DescribeErrorType = DecoContractError | DecoUsageError;

/**
 * Publishes new metadata and addresses of a provider; from its owner or operator key.
 * @throws DecoContractError `NotProviderOwner`, `EndpointTooLong`.
 */
export async function describe(
  client: DecoClient,
  parameters: DescribeParameters,
): Promise<DescribeReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "describe",
    args: [parameters.provider, parameters.metadata, parameters.endpoint],
  });
  return await sendCall(client, parameters, { to: market, data });
}
