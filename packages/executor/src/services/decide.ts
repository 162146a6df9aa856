import { type Provider, type Request, stakeBefore } from "@deco-network/sdk";
import { type Address, isAddressEqual, zeroAddress } from "viem";

import type { ExecutorConfig } from "../config/schema.ts";
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
  | "stake-too-young";

/** Whether assignments of this allocator are taken. */
export function isListed(allocator: Address, { allocators }: ExecutorConfig): boolean {
  return allocators.some(({ address }) => isAddressEqual(address, allocator));
}

/** Lowest price for which this executor works in the request's token; undefined: not for that token. */
export function minimumPrice(request: Request, { policy }: ExecutorConfig): bigint | undefined {
  const token = request.token.toLowerCase();
  for (const [address, price] of Object.entries(policy.minPrice)) {
    if (address.toLowerCase() === token) return price;
  }
  return policy.otherTokens ? 0n : undefined;
}

/** Votes are; proofs where the policy is listed, for a seat that is held. */
function isPolicyServed({ policy, replicas, volume }: Request, config: ExecutorConfig): boolean {
  if (policy === zeroAddress) return true;
  const served = config.engines.circuit?.policies ?? [];
  return replicas === 1 && volume === 1 && served.some((one) => isAddressEqual(one, policy));
}

/** Whether the request's terms suit the operator; undefined is yes. Needs nothing but the request. */
export function refuseTerms(request: Request, config: ExecutorConfig): NoReason | undefined {
  const { policy } = config;
  const among = (list: readonly string[]) =>
    list.some((entry) => entry.toLowerCase() === request.requester.toLowerCase());
  if (!isPolicyServed(request, config)) return "policy-unsupported";
  if (among(policy.denyRequesters)) return "requester-denied";
  if (policy.allowRequesters && !among(policy.allowRequesters)) return "requester-not-allowed";
  const minimum = minimumPrice(request, config);
  if (minimum === undefined) return "token-refused";
  if (pricedAfter(request, minimum) === undefined) return "price-too-low";
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
