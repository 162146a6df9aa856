import {
  abstainReasonOf,
  disputeKindOf,
  endReasonOf,
  type MarketEvent,
  priceAtFraction,
  type Request,
  seatOutcomeOf,
  unpackHold,
} from "@deco-network/sdk";

import type { StagePlace, TaskSettlement, TaskStage } from "./stages.ts";

/** Counts of the current round, as the events tell them. */
interface RoundCounts {
  round: number;
  wanted: number;
  taken: number;
  committed: number;
  abstained: number;
  revealed: number;
}

/** Turns a task's events, given in order, into stages. One per task; holds what was counted so far. */
export class StageReader {
  #request: Request | undefined;
  #hold: bigint | undefined;
  /** Providers with a seat, by the round in which they hold it. */
  readonly #seats = new Map<number, number>();
  #counts: RoundCounts = emptyRound(0, 0);
  /** What `settle` told of a result that waits for its windows. */
  #accepted:
    | Pick<TaskSettlement, "digest" | "root" | "settler" | "document" | "weight" | "totalWeight">
    | undefined;

  get request(): Request | undefined {
    return this.#request;
  }

  /** By whom an order is held, in the word that calls want; undefined for whatever else. */
  get hold(): bigint | undefined {
    return this.#hold;
  }

  /** Providers of all seats, ascending, declined ones excepted: what `settle` and `expire` want. */
  get roster(): number[] {
    return [...this.#seats.keys()].sort((a, b) => a - b);
  }

  read(event: MarketEvent): TaskStage[] {
    const place = { block: event.blockNumber ?? 0n, transaction: event.transactionHash ?? "0x" };
    const stage = this.#stageOf(event, place);
    return stage === undefined ? [] : [stage, ...this.#consequences(stage, place)];
  }

  #stageOf(event: MarketEvent, place: StagePlace): TaskStage | undefined {
    const counts = this.#counts;
    switch (event.eventName) {
      case "TaskPosted":
        this.#request = event.args.request;
        return { ...place, stage: "posted", request: event.args.request };
      case "OrderHeld": {
        this.#hold = event.args.hold;
        const { provider, until } = unpackHold(event.args.hold);
        return { ...place, stage: "order-held", provider, until };
      }
      case "RoundOpened": {
        const { round, seats } = event.args;
        this.#counts = emptyRound(round, seats);
        return { ...place, stage: "round-opened", round, seats };
      }
      case "SeatTaken":
      case "SeatAssigned":
        return this.#seatTaken(event.args, place);
      case "SeatDeclined":
        counts.taken -= 1;
        this.#seats.delete(event.args.provider);
        return { ...place, stage: "seat-declined", provider: event.args.provider };
      case "SeatAbstained": {
        counts.abstained += 1;
        const { provider, reason } = event.args;
        return { ...place, stage: "abstained", provider, reason: abstainReasonOf(reason) };
      }
      case "Committed": {
        counts.committed += 1;
        const { committed, wanted } = counts;
        return { ...place, stage: "committed", provider: event.args.provider, committed, wanted };
      }
      case "Revealed": {
        counts.revealed += 1;
        const { revealed, committed } = counts;
        return { ...place, stage: "revealed", provider: event.args.provider, revealed, committed };
      }
      case "SeatEnded": {
        const { provider, outcome, paid, slashed, trust } = event.args;
        const named = seatOutcomeOf(outcome);
        return { ...place, stage: "seat-ended", provider, outcome: named, paid, slashed, trust };
      }
      case "RequesterCompensated":
        return { ...place, stage: "compensated", amount: event.args.amount };
      case "Checkpointed": {
        const { provider, digest } = event.args;
        return { ...place, stage: "checkpointed", provider, digest };
      }
      case "Reseeded":
        return { ...place, stage: "reseeded" };
      case "TaskSettled": {
        const { result, digest, root, weight, total, refund, settler, document } = event.args;
        const weights = { weight: Number(weight), totalWeight: Number(total) };
        return {
          ...place,
          stage: "settled",
          result,
          digest,
          root,
          ...weights,
          refund,
          settler,
          document,
          overturned: false,
        };
      }
      case "TaskAccepted": {
        const { result, digest, root, weight, total, settler, document } = event.args;
        const weights = { weight: Number(weight), totalWeight: Number(total) };
        this.#accepted = { digest, root, settler, document, ...weights };
        return { ...place, stage: "accepted", result, digest, root, document, ...weights };
      }
      case "TaskFinalized": {
        const { result, overturned, refund } = event.args;
        const accepted = this.#accepted;
        if (accepted === undefined) return undefined;
        // What a panel put in the place of a single run's result is a document's digest itself.
        const opened = overturned ? { digest: result, document: "0x" as const } : {};
        const ending = { ...accepted, ...opened, result, refund, overturned };
        return { ...place, stage: "settled", ...ending };
      }
      case "DisputeOpened": {
        const { index, kind, leaf } = event.args;
        return { ...place, stage: "dispute-opened", index, kind: disputeKindOf(kind), leaf };
      }
      case "PanelOpened": {
        const { index, level, seats } = event.args;
        return { ...place, stage: "panel-opened", index, level, seats };
      }
      case "PanelDecided": {
        const { decision, agreeing, committed } = event.args;
        const heads = { agreeing: Number(agreeing), committed: Number(committed) };
        return { ...place, stage: "panel-decided", decision, ...heads };
      }
      case "PanelFailed":
        return { ...place, stage: "panel-failed", filled: event.args.filled };
      case "TaskEnded": {
        const { reason, refund, caller } = event.args;
        return { ...place, stage: "ended", reason: endReasonOf(reason), refund, caller };
      }
      default:
        return undefined;
    }
  }

  #seatTaken(
    args: Extract<MarketEvent, { eventName: "SeatTaken" | "SeatAssigned" }>["args"],
    place: StagePlace,
  ): TaskStage {
    const { provider, round, trust, priceFraction } = args;
    this.#seats.set(provider, round);
    this.#counts.taken += 1;
    const { taken, wanted } = this.#counts;
    const price = this.#request ? priceAtFraction(this.#request, BigInt(priceFraction)) : 0n;
    return { ...place, stage: "seat-taken", round, provider, taken, wanted, price, trust };
  }

  /** Phases that begin with an event and have none of their own. */
  #consequences(stage: TaskStage, place: StagePlace): TaskStage[] {
    const { round, wanted, taken, committed, abstained } = this.#counts;
    if (stage.stage === "seat-taken" && taken === wanted) {
      return [{ ...place, stage: "executing", round }];
    }
    const voted = stage.stage === "committed" || stage.stage === "abstained";
    if (voted && committed > 0 && committed + abstained === wanted) {
      return [{ ...place, stage: "revealing", round }];
    }
    return [];
  }
}

function emptyRound(round: number, wanted: number): RoundCounts {
  return { round, wanted, taken: 0, committed: 0, abstained: 0, revealed: 0 };
}
