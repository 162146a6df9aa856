import { encodePacked, keccak256 } from "viem";

import type { HandlerContext } from "./context.ts";

/** An act that several executors could do, of which one is enough. */
export interface SharedAct {
  /** Names it among all acts of the assignment. */
  readonly what: string;
  /** Round that the act belongs to; with the task it decides the order. */
  readonly round: number;
  /** Providers that can do it. */
  readonly roster: readonly number[];
}

/** Second at which this executor's turn comes, counted from when it first saw the act legal. */
export function turnOf(context: HandlerContext, act: SharedAct, now: number): number {
  const { config, identity, key, memory } = context;
  const legal = `${act.what}-${act.round}`;
  if (memory.legalSince?.what !== legal) memory.legalSince = { what: legal, at: now };
  const lot = (provider: number) =>
    keccak256(encodePacked(["bytes32", "uint8", "uint32"], [key.task, act.round, provider]));
  const own = lot(identity.provider);
  const before = act.roster.filter((provider) => lot(provider) < own).length;
  return memory.legalSince.at + before * config.timing.settleStagger;
}
