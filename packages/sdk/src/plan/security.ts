import type { Address } from "viem";
import { shareDown } from "../model/price.ts";
import type { Request } from "../request.ts";
import { chanceOfAtLeast, ratio } from "./fill-estimate.ts";

type VoteTerms = Pick<Request, "replicas" | "thresholdBps" | "minAgreeing" | "lock" | "dissentBps">;

/** What it takes to have a wrong result accepted in the first round. */
export interface Security {
  /** Colluding seats needed when all weigh the same. */
  readonly colluders: number;
  /** Colluding seats needed when they weigh the cap and the honest ones the least. */
  readonly colludersAtBest: number;
  /** Stake that the fewest colluders lose when they are outvoted, in base units of DECO. */
  readonly atRisk: bigint;
  /** The same for all seats of a round: the security budget of a unanimous result. */
  readonly budget: bigint;
  /** Whether one seat that dissents or stays silent is enough to stop a round. */
  readonly unanimous: boolean;
  /** The owner with most of the stake that can take seats. */
  readonly largestOwner?: {
    readonly owner: Address;
    /** Its share of the stake, 0 to 1. */
    readonly share: number;
    /** Chance that it holds enough seats to decide a round alone: 3f^2 - 2f^3 for two of three. */
    readonly decides: number;
  };
}

export interface SecurityParameters {
  readonly request: VoteTerms;
  readonly weightCap: number;
  /** Providers that can take a seat. */
  readonly stakes: readonly { readonly owner: Address; readonly stake: bigint }[];
}

/** Estimates the security of a vote; rounds after the first only add seats. */
export function securityOf({ request, weightCap, stakes }: SecurityParameters): Security {
  const { replicas, lock, dissentBps } = request;
  const colluders = fewestColluders(request, 1);
  const colludersAtBest = fewestColluders(request, weightCap);
  const loss = shareDown(lock, dissentBps);
  const largest = largestOwner(stakes);
  return {
    colluders,
    colludersAtBest,
    atRisk: BigInt(colludersAtBest) * loss,
    budget: BigInt(replicas) * loss,
    unanimous: replicas > 1 && colluders === replicas,
    ...(largest && {
      largestOwner: {
        ...largest,
        decides: chanceOfAtLeast(colluders, new Array<number>(replicas).fill(largest.share)),
      },
    }),
  };
}

/** Fewest seats of weight `weight` that win against seats of weight 1. */
function fewestColluders(
  { replicas, thresholdBps, minAgreeing }: VoteTerms,
  weight: number,
): number {
  for (let seats = Math.max(1, minAgreeing); seats < replicas; seats++) {
    const total = seats * weight + (replicas - seats);
    if (seats * weight * 10_000 >= thresholdBps * total) return seats;
  }
  return Math.max(replicas, minAgreeing);
}

function largestOwner(
  stakes: SecurityParameters["stakes"],
): { readonly owner: Address; readonly share: number } | undefined {
  const owned = new Map<Address, bigint>();
  for (const { owner, stake } of stakes) owned.set(owner, (owned.get(owner) ?? 0n) + stake);
  const total = [...owned.values()].reduce((sum, stake) => sum + stake, 0n);
  let largest: { readonly owner: Address; readonly share: number } | undefined;
  for (const [owner, stake] of owned) {
    const share = ratio(stake, total);
    if (largest === undefined || share > largest.share) largest = { owner, share };
  }
  return largest;
}
