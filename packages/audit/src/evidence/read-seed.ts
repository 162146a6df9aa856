import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { localRandomnessAbi } from "@deco-network/sdk/abis/local-randomness";
import { type Address, encodeAbiParameters, type Hex, keccak256, type PublicClient } from "viem";

import type { SeedReader } from "../checks/check-seats.ts";

const ZERO = /^0x0*$/;

/**
 * Seeds by the market's own randomness contract. Where it has forgotten one (a local chain keeps
 * block hashes for a while only), the seed is derived from the block as `LocalRandomness` does.
 */
export async function seedReader(client: PublicClient, market: Address): Promise<SeedReader> {
  const randomness = await client.readContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "randomness" },
  });
  return async (blockNumber) => {
    const seed = await client.readContract({
      ...{ address: randomness, abi: localRandomnessAbi, functionName: "seed" },
      args: [blockNumber],
    });
    if (!ZERO.test(seed)) return seed;
    const lost = await client.readContract({
      ...{ address: randomness, abi: localRandomnessAbi, functionName: "lost" },
      args: [blockNumber],
    });
    if (!lost) return undefined;
    const { hash } = await client.getBlock({ blockNumber });
    return hash ? localSeed(hash) : undefined;
  };
}

/** `LocalRandomness.seed` of a block with this hash. */
function localSeed(blockHash: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: "bytes32" }], [blockHash]));
}
