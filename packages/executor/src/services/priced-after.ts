import { priceAt, type Request } from "@deco-network/sdk";

/** Seconds after a claim window's begin from which the price is at least `minimum`; undefined if never. */
export function pricedAfter(request: Request, minimum: bigint): number | undefined {
  if (request.maxPrice < minimum) return undefined;
  let low = 0;
  let high = request.rampSeconds;
  // The price only rises.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (priceAt(request, middle) >= minimum) high = middle;
    else low = middle + 1;
  }
  return low;
}
