import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Provider } from "../model/provider.ts";
import { providerOfWords } from "../model/provider.ts";

export interface GetProviderParameters extends DecoParameters {
  readonly provider: number;
}
export type GetProviderReturnType = Provider;

/** What {@link getProvider} throws. */
export type GetProviderErrorType = DecoContractError | DecoUsageError;

/**
 * A provider's keys, stake, trust and work.
 * @throws DecoContractError `UnknownProvider`.
 */
export async function getProvider(
  client: DecoClient,
  parameters: GetProviderParameters,
): Promise<GetProviderReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.provider] as const;
  const words = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getProvider", args }),
  );
  const provider = providerOfWords(parameters.provider, words);
  if (provider !== undefined) return provider;
  throw new DecoContractError("UnknownProvider", [parameters.provider]);
}
