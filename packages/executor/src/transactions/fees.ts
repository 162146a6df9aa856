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
  const [block, priority] = await Promise.all([
    client.getBlock({ blockTag: "latest" }),
    client.estimateMaxPriorityFeePerGas().catch(() => DEFAULT_PRIORITY),
  ]);
  const base = block.baseFeePerGas ?? 0n;
  return { maxFeePerGas: base * 2n + priority, maxPriorityFeePerGas: priority };
}

/** Fees that nodes accept as a replacement of `previous`, and at least the current ones. */
export function bumpedFees(previous: Fees, current: Fees): Fees {
  const raise = (fee: bigint) => (fee * BUMP_PERCENT) / 100n + 1n;
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);
  return {
    maxFeePerGas: larger(raise(previous.maxFeePerGas), current.maxFeePerGas),
    maxPriorityFeePerGas: larger(
      raise(previous.maxPriorityFeePerGas),
      current.maxPriorityFeePerGas,
    ),
  };
}

/** Fees of which none exceeds the cap. */
export function cappedFees(fees: Fees, cap: bigint): Fees {
  if (fees.maxFeePerGas <= cap) return fees;
  return { ...fees, maxFeePerGas: cap };
}
