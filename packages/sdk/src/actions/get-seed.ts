import type { Hex } from "viem";
import { zeroHash } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { prevrandaoRandomnessAbi } from "../generated/abis/prevrandao-randomness.ts";

export interface GetSeedParameters extends DecoParameters {
  /** Block whose randomness seeds the round. */
  readonly seedBlock: number;
}

export type GetSeedReturnType =
  | { readonly status: "known"; readonly seed: Hex }
  /** The block is to come, or its header was not proven yet. */
  | { readonly status: "unknown" }
  /** It can never be known: call reseed. */
  | { readonly status: "lost" };

/** The seed of a round, from which tickets are drawn. */
export async function getSeed(
  client: DecoClient,
  parameters: GetSeedParameters,
): Promise<GetSeedReturnType> {
  const { randomness: address } = deploymentOf(client, parameters);
  // Every randomness contract has these two views; this ABI is the one that also proves.
  const contract = { address, abi: prevrandaoRandomnessAbi } as const;
  const args = [BigInt(parameters.seedBlock)] as const;
  const [seed, lost] = await readMarket(
    Promise.all([
      readContract(client, { ...contract, functionName: "seed", args }),
      readContract(client, { ...contract, functionName: "lost", args }),
    ]),
  );
  if (seed !== zeroHash) return { status: "known", seed };
  return { status: lost ? "lost" : "unknown" };
}
