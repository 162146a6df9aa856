import {
  lowerTrust,
  raiseTrust,
  type StakeState,
  type TaskParameters,
  type TrustState,
} from "@deco-network/sdk";

import type { MarketEvent, MarketLog } from "./market-log.ts";

/** Longest life of a task: a running checkpoint younger than this takes top-ups in. See `StakeLib`. */
const HORIZON = 2 ** 20 - 1;

export interface ProviderState {
  readonly stake: StakeState;
  readonly trust: TrustState;
}

/** Stakes and trust of all providers, folded from events as the contracts fold them from calls. */
export class ProviderHistory {
  readonly #providers = new Map<number, ProviderState>();
  readonly #trustStart: (event: MarketEvent) => number;

  /** @param trustStart trust index of an identity that registers with this event */
  constructor(trustStart: (event: MarketEvent) => number) {
    this.#trustStart = trustStart;
  }

  of(provider: number): ProviderState | undefined {
    return this.#providers.get(provider);
  }

  /** Sum of all active stake, in base units. */
  totalStake(): bigint {
    let total = 0n;
    for (const { stake } of this.#providers.values()) total += stake.active;
    return total;
  }

  /** Takes the next event in. */
  async apply(event: MarketEvent, log: MarketLog): Promise<void> {
    switch (event.eventName) {
      case "ProviderRegistered": {
        const trust = { trust: this.#trustStart(event), debt: 0, raisedEpoch: 0 };
        const stake = { active: 0n, aged: 0n, since: 0 };
        this.#providers.set(event.args.provider, { stake, trust });
        return;
      }
      case "StakeChanged":
        this.#stakeChanged(event.args, await log.timeOf(event.blockNumber));
        return;
      case "SeatDeclined":
      case "Checkpointed":
        this.#slash(event.args.provider, event.args.fee);
        return;
      case "SeatEnded":
        this.#slash(event.args.provider, event.args.slashed);
        this.#told(event.args);
        return;
      case "OwnershipAccepted":
        this.#told(event.args);
        return;
    }
  }

  #stakeChanged({ provider, active }: { provider: number; active: bigint }, time: number): void {
    const state = this.#providers.get(provider);
    if (!state) return;
    const { stake } = state;
    if (active <= stake.active) {
      this.#slash(provider, stake.active - active);
      return;
    }
    const aged = time > stake.since + HORIZON ? stake.active : stake.aged;
    this.#providers.set(provider, { ...state, stake: { active, aged, since: time } });
  }

  #slash(provider: number, amount: bigint): void {
    const state = this.#providers.get(provider);
    if (!state || amount === 0n) return;
    const active = state.stake.active - amount;
    const aged = state.stake.aged < active ? state.stake.aged : active;
    this.#providers.set(provider, { ...state, stake: { ...state.stake, active, aged } });
  }

  /** The chain's own word on trust; whether it follows from the one before is a check, not a fold. */
  #told(args: { provider: number; trust: number; debt?: number }): void {
    const state = this.#providers.get(args.provider);
    if (!state) return;
    const trust = { ...state.trust, trust: args.trust, debt: args.debt ?? state.trust.debt };
    this.#providers.set(args.provider, { ...state, trust });
  }

  /** Remembers when trust rose last, which no event says. */
  rose(provider: number, epoch: number): void {
    const state = this.#providers.get(provider);
    if (state) {
      this.#providers.set(provider, { ...state, trust: { ...state.trust, raisedEpoch: epoch } });
    }
  }
}

/** What trust a seat's end leads to. */
export function trustAfter(
  before: TrustState,
  outcome: string,
  early: boolean,
  terms: TaskParameters,
  time: number,
): TrustState {
  if (outcome === "agreed") {
    const raises = early && terms.trustMoves;
    return raises ? raiseTrust(before, terms.agreeStep, Math.floor(time / terms.epoch)) : before;
  }
  if (outcome === "dissented" || outcome === "withheld" || outcome === "undelivered") {
    return lowerTrust(before, terms.dissentStep);
  }
  return outcome === "no-show" ? lowerTrust(before, terms.noShowStep) : before;
}
