import { decodeFunctionResult, encodeFunctionData } from "viem";
import { readContract, simulateContract } from "viem/actions";
import { throwIfAborted } from "../client/abortable.ts";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Provider } from "../model/provider.ts";
import { providerOfWords } from "../model/provider.ts";

/** Providers read by one question to the node. */
const BATCH = 250;

export interface ListProvidersParameters extends DecoParameters {
  readonly signal?: AbortSignal | undefined;
}
export type ListProvidersReturnType = readonly Provider[];

/** Every provider that ever registered, by ascending id. */
export async function listProviders(
  client: DecoClient,
  parameters: ListProvidersParameters = {},
): Promise<ListProvidersReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const contract = { address, abi: decoMarketAbi } as const;
  const count = await readMarket(
    readContract(client, { ...contract, functionName: "providerCount" }),
  );
  const providers: Provider[] = [];
  for (let first = 1; first <= count; first += BATCH) {
    throwIfAborted(parameters.signal, "the list of providers");
    const ids = Array.from({ length: Math.min(BATCH, count - first + 1) }, (_, i) => first + i);
    const calls = ids.map((id) =>
      encodeFunctionData({ abi: decoMarketAbi, functionName: "getProvider", args: [id] }),
    );
    // A batch is no view in Solidity; it is only simulated here.
    const { result } = await readMarket(
      simulateContract(client, { ...contract, functionName: "multicall", args: [calls] }),
    );
    ids.forEach((id, i) => {
      const data = result[i] ?? "0x";
      const words = decodeFunctionResult({ abi: decoMarketAbi, functionName: "getProvider", data });
      const provider = providerOfWords(id, words);
      if (provider !== undefined) providers.push(provider);
    });
  }
  return providers;
}
