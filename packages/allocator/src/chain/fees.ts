import type { PublicClient } from "viem";

/** Fees of an EIP-1559 transaction, in wei per gas. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

const DEFAULT_PRIORITY = 1_000_000_000n;
/** Nodes refuse a replacement that raises either fee by less than 10 %. */
const BUMP_PERCENT = 113n;

/** What the chain asks for now, with room for six full blocks in a row. */
export async function currentFees(client: PublicClient): Promise<Fees> {
  const [{ baseFeePerGas }, maxPriorityFeePerGas] = await Promise.all([
    client.getBlock({ blockTag: "latest" }),
    client.estimateMaxPriorityFeePerGas().catch(() => DEFAULT_PRIORITY),
  ]);
  const maxFeePerGas = (baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas;
  return { maxFeePerGas, maxPriorityFeePerGas };
}

/** Fees that nodes accept as a replacement, and at least the current ones. */
export function bumped(previous: Fees, current: Fees): Fees {
  const raise = (fee: bigint, least: bigint) => {
    const higher = (fee * BUMP_PERCENT) / 100n + 1n;
    return higher > least ? higher : least;
  };
  return {
    maxFeePerGas: raise(previous.maxFeePerGas, current.maxFeePerGas),
    maxPriorityFeePerGas: raise(previous.maxPriorityFeePerGas, current.maxPriorityFeePerGas),
  };
}
