import { type Provider, type Request, stakeBefore } from "@deco-network/sdk";
import { type Address, isAddressEqual, zeroAddress } from "viem";

import type { AttestedNo } from "../attested/attested-seats.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import {
  type PriceFloor,
  type PricingPolicy,
  priceFloor,
  type Work,
} from "../pricing/price-floor.ts";
import { pricedAfter } from "./priced-after.ts";

/** Why this executor takes no seat of a task, by its terms and its own standing; see reasons/catalogue.ts. */
export type NoReason =
  | "policy-unsupported"
  | "requester-denied"
  | "requester-not-allowed"
  | "token-refused"
  | "price-too-low"
  | "lock-too-high"
  | "volume-too-large"
  | "commit-window-too-short"
  | "reveal-window-too-short"
  | "provider-leaving"
  | "provider-dormant"
  | "trust-too-low"
  | "stake-not-free"
  | "stake-too-young"
  | AttestedNo;

/** Whether assignments of this allocator are taken. */
export function isListed(allocator: Address, { allocators }: ExecutorConfig): boolean {
  return allocators.some(({ address }) => isAddressEqual(address, allocator));
}

/** Lowest price of a request, and the parts of it that were computed. */
interface Minimum {
  readonly price: bigint;
  readonly floor?: PriceFloor;
}

/**
 * Lowest price for which this executor works in the request's token; undefined: not for that token.
 * @param work absent while the program is not known: the least of any program
 */
export function minimumPrice(
  request: Request,
  config: ExecutorConfig,
  work?: Work,
): bigint | undefined {
  return minimumOf(request, config, work)?.price;
}

/** Whether the lowest price depends on the program. */
export function isPriced(request: Request, { policy }: ExecutorConfig): boolean {
  return policy.pricing !== undefined && amountFor(policy.pricing.tokens, request) !== undefined;
}

function minimumOf(request: Request, config: ExecutorConfig, work?: Work): Minimum | undefined {
  const { policy, capacity } = config;
  const fixed = amountFor(policy.minPrice, request);
  const rate = policy.pricing && amountFor(policy.pricing.tokens, request);
  if (!policy.pricing || rate === undefined) {
    const price = fixed ?? (policy.otherTokens ? 0n : undefined);
    return price === undefined ? undefined : { price };
  }
  const floor = priceFloor(policy.pricing, capacity, rate, work);
  const price = fixed !== undefined && fixed > floor.amount ? fixed : floor.amount;
  return { price, floor };
}

function amountFor(
  amounts: Readonly<Record<Address, bigint>>,
  { token }: Request,
): bigint | undefined {
  for (const [address, amount] of Object.entries(amounts)) {
    if (address.toLowerCase() === token.toLowerCase()) return amount;
  }
  return undefined;
}

/** Whether the request pays for its work; undefined is yes, else what would be enough and why. */
export function refusePrice(
  request: Request,
  config: ExecutorConfig,
  work?: Work,
): { readonly reason: "token-refused" | "price-too-low"; readonly detail?: string } | undefined {
  const minimum = minimumOf(request, config, work);
  if (minimum === undefined) return { reason: "token-refused" };
  if (pricedAfter(request, minimum.price) !== undefined) return undefined;
  const { price, floor } = minimum;
  const asked = `It takes ${price} base units of the token for a replica, the request pays at most ${request.maxPrice}.`;
  const { policy } = config;
  const cost = floor && policy.pricing ? ` ${costText(floor, policy.pricing, work)}` : "";
  return { reason: "price-too-low", detail: asked + cost };
}

function costText(
  { amount, runMillis, shareBps }: PriceFloor,
  { seatGas, gasPrice, marginBps }: PricingPolicy,
  work?: Work,
): string {
  const seconds = (Number(runMillis) / 1_000).toFixed(1);
  const share = (shareBps / 100).toFixed(1);
  const runs = work ? `up to ${seconds} s of ${share} % of the machine, ` : "";
  const margin = (marginBps / 100).toFixed(1);
  return `Its cost is ${amount}: ${runs}${seatGas} gas at ${gasPrice} wei, and ${margin} % margin.`;
}

/**
 * Votes are; proofs where the policy is listed, for a seat or, if that is wanted, without any; signatures of the attested key
 * for a seat.
 */
function isPolicyServed(request: Request, config: ExecutorConfig): boolean {
  const { policy, replicas, volume, allocator } = request;
  if (policy === zeroAddress) return true;
  const among = (served: readonly Address[] = []) =>
    served.some((one) => isAddressEqual(one, policy));
  const { policies, withoutSeat = false } = config.engines.circuit ?? {};
  if (among(policies)) return volume === 1 && (replicas === 1 || (replicas === 0 && withoutSeat));
  // What an attested key may show is judged when a seat is taken, not when an offer is signed.
  return replicas === 1 && allocator === zeroAddress && among(config.attested?.policies);
}

/** Whether the request's terms suit the operator; undefined is yes. Needs nothing but the request. */
export function refuseTerms(request: Request, config: ExecutorConfig): NoReason | undefined {
  const { policy } = config;
  const among = (list: readonly string[]) =>
    list.some((entry) => entry.toLowerCase() === request.requester.toLowerCase());
  if (!isPolicyServed(request, config)) return "policy-unsupported";
  if (among(policy.denyRequesters)) return "requester-denied";
  if (policy.allowRequesters && !among(policy.allowRequesters)) return "requester-not-allowed";
  const price = refusePrice(request, config);
  if (price) return price.reason;
  if (policy.maxLock !== undefined && request.lock > policy.maxLock) return "lock-too-high";
  if (request.volume > policy.maxVolume) return "volume-too-large";
  if (request.commitWindow < policy.minCommitWindow) return "commit-window-too-short";
  if (request.revealWindow < policy.minRevealWindow) return "reveal-window-too-short";
  return undefined;
}

/** Whether the provider could take the seat now; undefined is yes. */
export function refuseStanding(
  request: Request,
  provider: Provider,
  postedAt: number,
): NoReason | undefined {
  if (provider.leaving) return "provider-leaving";
  if (provider.dormant) return "provider-dormant";
  if (provider.trust < request.minTrust) return "trust-too-low";
  if (stakeBefore(provider.stake, postedAt) === 0n) return "stake-too-young";
  if (provider.free < request.lock) return "stake-not-free";
  return undefined;
}
