import type { PublicClient } from "viem";

/** Fees of an EIP-1559 transaction, in wei per gas. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

const DEFAULT_PRIORITY = 1_000_000_000n;
/** A replacement raises both fees by an eighth: nodes refuse less than a tenth, some less than that. */
const BUMP_DIVISOR = 8n;

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
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);
  return {
    maxFeePerGas: larger(raised(previous.maxFeePerGas), current.maxFeePerGas),
    maxPriorityFeePerGas: larger(
      raised(previous.maxPriorityFeePerGas),
      current.maxPriorityFeePerGas,
    ),
  };
}

/** As {@link bumpedFees}, within the cap; undefined when the cap leaves no room for a replacement. */
export function replacementFees(previous: Fees, current: Fees, cap: bigint): Fees | undefined {
  if (raised(previous.maxFeePerGas) > cap) return undefined;
  const fees = cappedFees(bumpedFees(previous, current), cap);
  return fees.maxPriorityFeePerGas < raised(previous.maxPriorityFeePerGas) ? undefined : fees;
}

/** Fees of which none exceeds the cap. */
export function cappedFees(fees: Fees, cap: bigint): Fees {
  const capped = (fee: bigint) => (fee > cap ? cap : fee);
  return {
    maxFeePerGas: capped(fees.maxFeePerGas),
    maxPriorityFeePerGas: capped(fees.maxPriorityFeePerGas),
  };
}

function raised(fee: bigint): bigint {
  return fee + fee / BUMP_DIVISOR + 1n;
}
