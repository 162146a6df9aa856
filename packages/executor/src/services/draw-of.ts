import { drawnAfter, type Provider, stakeBefore, ticketOf } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { HandlerContext } from "../assignments/context.ts";
import type { LiveView } from "../market/market-reader.ts";

/** Seconds after the claim window's begin at which the own ticket is drawn; undefined if never. */
export function drawOf(
  { key, request, identity }: Pick<HandlerContext, "key" | "request" | "identity">,
  task: LiveView,
  provider: Provider,
  seed: Hash,
): number | undefined {
  return drawnAfter(ticketOf(seed, key.task, key.round, identity.provider), {
    claimWindow: request.claimWindow,
    seats: task.wanted,
    stake: stakeBefore(provider.stake, task.postedAt),
    totalStake: task.totalStake,
  });
}
