import type { Request } from "../request.ts";

/** Position on the ramp when it has ended. */
export const FULL_FRACTION = 2n ** 40n - 1n;

const BPS = 10_000n;

/** Position on the reverse Dutch ramp after `elapsed` seconds: 0 to 2^40 - 1, rounded down. */
export function rampFraction(elapsed: number, rampSeconds: number): bigint {
  if (elapsed >= rampSeconds) return FULL_FRACTION;
  return (BigInt(elapsed) * FULL_FRACTION) / BigInt(rampSeconds);
}

/** Price of a seat taken at a position on the ramp, rounded down, in base units. */
export function priceAtFraction(
  { minPrice, maxPrice }: Pick<Request, "minPrice" | "maxPrice">,
  fraction: bigint,
): bigint {
  return minPrice + ((maxPrice - minPrice) * fraction) / FULL_FRACTION;
}

/**
 * Position on the ramp of an agreed price, rounded up: what a seat that was assigned at the price stores.
 * The price lies between the request's two.
 */
export function fractionOfPrice(
  { minPrice, maxPrice }: Pick<Request, "minPrice" | "maxPrice">,
  price: bigint,
): bigint {
  const range = maxPrice - minPrice;
  return range === 0n ? 0n : ((price - minPrice) * FULL_FRACTION + range - 1n) / range;
}

/** Price of a seat taken `elapsed` seconds after its round opened, in base units. */
export function priceAt(
  request: Pick<Request, "minPrice" | "maxPrice" | "rampSeconds">,
  elapsed: number,
): bigint {
  return priceAtFraction(request, rampFraction(elapsed, request.rampSeconds));
}

/** A share in basis points, rounded down. */
export function shareDown(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BPS;
}

/** A share in basis points, rounded up: where escrow must cover it. */
export function shareUp(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps) + BPS - 1n) / BPS;
}

/** Rounds that a request can need until `maxReplicas` seats were taken; one for a task that is proven without a seat. */
export function maxRounds({
  replicas,
  maxReplicas,
}: Pick<Request, "replicas" | "maxReplicas">): number {
  return replicas === 0 ? 1 : Math.ceil(maxReplicas / replicas);
}

/** Escrow that `post` takes, in base units of the payment token: the shares are rounded up together. */
export function escrowOf(
  request: Pick<
    Request,
    "replicas" | "maxReplicas" | "maxPrice" | "settlementFee" | "programBps" | "dataBps"
  >,
  protocolFeeBps: number,
): bigint {
  const prices = BigInt(Math.max(1, request.maxReplicas)) * request.maxPrice;
  const fees = BigInt(maxRounds(request) + 2) * request.settlementFee;
  const bps = protocolFeeBps + request.programBps + request.dataBps;
  return prices + shareUp(prices, bps) + fees;
}

/** What the owners of program and data get on top of the prices paid, each rounded down. */
export interface Royalties {
  readonly program: bigint;
  readonly data: bigint;
}

/** Royalties on `paid` base units of prices. */
export function royaltiesOn(
  { programBps, dataBps }: Pick<Request, "programBps" | "dataBps">,
  paid: bigint,
): Royalties {
  return { program: shareDown(paid, programBps), data: shareDown(paid, dataBps) };
}
