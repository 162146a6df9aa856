import { type DisputeKind, disputeKindOf, type Request } from "@deco-network/sdk";
import type { Address, Hex } from "viem";

import {
  type RoundEvidence,
  type SeatEvidence,
  takeRounds,
  takeSeats,
  takeVotes,
} from "./fold-seats.ts";
import type { EventOf, MarketEvent } from "./market-log.ts";
import type { ProviderHistory } from "./provider-history.ts";

/** What the chain's events say of a dispute. */
export interface DisputeRecord {
  readonly index: number;
  readonly kind: DisputeKind;
  readonly leaf: number;
  readonly claimant: Address;
  readonly bond: bigint;
  readonly openedAt: number;
  /** Who appealed the first decision. */
  second?: { readonly account: Address; readonly bond: bigint; readonly at: number };
  /** A bag's item, when it was shown after the dispute had opened. */
  shown?: Hex;
}

/** A panel, seen like a round of a vote under its own id. */
export interface PanelEvidence {
  readonly panelId: Hex;
  readonly index: number;
  readonly level: number;
  readonly openedAt: number;
  /** Block of its opening. */
  readonly block: bigint;
  /** Total active stake at the opening, in base units. */
  readonly totalStake: bigint;
  readonly rounds: readonly RoundEvidence[];
  readonly seats: readonly SeatEvidence[];
  readonly decided?: EventOf<"PanelDecided">["args"];
  readonly failed?: EventOf<"PanelFailed">["args"];
  readonly endedAt?: number;
}

interface OpenPanel
  extends Omit<PanelEvidence, "rounds" | "seats" | "decided" | "failed" | "endedAt"> {
  readonly rounds: RoundEvidence[];
  readonly seats: Map<number, SeatEvidence>;
  decided?: EventOf<"PanelDecided">["args"];
  failed?: EventOf<"PanelFailed">["args"];
  endedAt?: number;
}

/** Folds the disputes of one task, and the panels that judge them, whose events carry the panels' ids. */
export class DisputeFold {
  readonly #request: Request;
  readonly #disputes = new Map<number, DisputeRecord>();
  readonly #panels = new Map<Hex, OpenPanel>();
  #auditSeedBlock: number | undefined;

  constructor(request: Request) {
    this.#request = request;
  }

  /** Whether an event is about one of the panels. */
  concerns(event: MarketEvent): boolean {
    return this.#panelOf(event) !== undefined;
  }

  /** Takes an event of the task or of one of its panels in, before the providers' history does. */
  take(event: MarketEvent, time: number, history: ProviderHistory): void {
    const panel = this.#panelOf(event);
    if (panel) {
      takeSeats(event, time, panel.seats, history, false);
      takeVotes(event, time, panel.seats);
      takeRounds(event, time, panel.rounds, panel.seats, this.#request.commitWindow);
      return;
    }
    switch (event.eventName) {
      case "DisputeOpened": {
        const { index, kind, leaf, claimant, bond } = event.args;
        const opened = { index, kind: disputeKindOf(kind), leaf, claimant, bond, openedAt: time };
        this.#disputes.set(index, opened);
        return;
      }
      case "DecisionAppealed": {
        const { index, claimant, bond } = event.args;
        const dispute = this.#disputes.get(index);
        if (dispute) dispute.second = { account: claimant, bond, at: time };
        return;
      }
      case "LeafShown": {
        const dispute = this.#disputes.get(event.args.index);
        if (dispute) dispute.shown = event.args.item;
        return;
      }
      case "AuditReseeded":
        this.#auditSeedBlock = event.args.seedBlock;
        return;
      case "PanelOpened":
        this.#open(event, time, history);
        return;
      case "PanelDecided":
      case "PanelFailed": {
        const ended = this.#panels.get(event.args.panelId);
        if (!ended) return;
        ended.endedAt = time;
        if (event.eventName === "PanelDecided") ended.decided = event.args;
        else ended.failed = event.args;
        return;
      }
    }
  }

  evidence(): {
    readonly disputes: readonly DisputeRecord[];
    readonly panels: readonly PanelEvidence[];
    /** Block that seeds the audit's draw when the first one was lost. */
    readonly auditSeedBlock?: number;
  } {
    const bySeat = (a: SeatEvidence, b: SeatEvidence) => a.provider - b.provider;
    return {
      disputes: [...this.#disputes.values()].sort((a, b) => a.index - b.index),
      panels: [...this.#panels.values()].map((panel) => ({
        ...panel,
        seats: [...panel.seats.values()].sort(bySeat),
      })),
      ...(this.#auditSeedBlock !== undefined && { auditSeedBlock: this.#auditSeedBlock }),
    };
  }

  #open({ args, blockNumber }: EventOf<"PanelOpened">, time: number, history: ProviderHistory) {
    const { panelId, index, level, seats: wanted, seedBlock } = args;
    this.#panels.set(panelId, {
      ...{ panelId, index, level, openedAt: time, block: blockNumber },
      totalStake: history.totalStake(),
      rounds: [{ round: 1, wanted, openedAt: time, seedBlock }],
      seats: new Map(),
    });
  }

  #panelOf(event: MarketEvent): OpenPanel | undefined {
    const { taskId } = event.args as { readonly taskId?: Hex };
    return taskId === undefined ? undefined : this.#panels.get(taskId);
  }
}
