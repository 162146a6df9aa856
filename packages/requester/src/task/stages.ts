import type {
  AbstainReason,
  DisputeKind,
  EndReason,
  Request,
  SeatOutcome,
} from "@deco-network/sdk";
import type { Address, Hex } from "viem";

/** Where a stage stands on the chain. */
export interface StagePlace {
  readonly block: bigint;
  readonly transaction: Hex;
}

/** A result was accepted and paid for. */
export interface TaskSettlement extends StagePlace {
  readonly stage: "settled";
  /** What was voted on. */
  readonly result: Hex;
  /** Digest of the result document, or of a bag's manifest. */
  readonly digest: Hex;
  /** Merkle root of a bag; zero for a single run. */
  readonly root: Hex;
  readonly weight: number;
  readonly totalWeight: number;
  /** Base units of the payment token. */
  readonly refund: bigint;
  readonly settler: Address;
  /** Bytes of the document when they came with the settlement, else `0x`. */
  readonly document: Hex;
  /** Whether a panel put this result in the place of the one that the vote accepted; the weights are that vote's. */
  readonly overturned: boolean;
}

/** The vote accepted a result, which waits for its windows: nobody is paid yet. */
export interface TaskAcceptance extends StagePlace {
  readonly stage: "accepted";
  readonly result: Hex;
  readonly digest: Hex;
  readonly root: Hex;
  readonly weight: number;
  readonly totalWeight: number;
  readonly document: Hex;
}

/** The task ended without a result. */
export interface TaskFailure extends StagePlace {
  readonly stage: "ended";
  readonly reason: EndReason;
  readonly refund: bigint;
  readonly caller: Address;
}

/** The last stage of a task. */
export type TaskEnd = TaskSettlement | TaskFailure;

/** What a task waits for. */
export type WaitingFor =
  /** The accepted result may still be appealed, or its outputs claimed undelivered. */
  | "objections"
  /** The windows are over: panels decide, or somebody finalizes. */
  | "finality"
  | "seats"
  | "commitments"
  | "reveals"
  /** Everybody has revealed, or the time for it is over: somebody settles. */
  | "settlement"
  /** The vote failed or the round did not fill: anyone may open the next round or end the task. */
  | "next-round-or-end"
  /** The provider that holds an order proves. */
  | "proof"
  /** Its time is over: another provider proves. */
  | "rescue"
  /** Nobody proved it: anyone may end the order. */
  | "drop";

/** What happens to a task, in order, as it is seen. */
export type TaskStage =
  | (StagePlace & { readonly stage: "posted"; readonly request: Request })
  | (StagePlace & {
      readonly stage: "round-opened";
      readonly round: number;
      readonly seats: number;
    })
  | (StagePlace & {
      readonly stage: "seat-taken";
      readonly round: number;
      readonly provider: number;
      /** Seats of this round that are taken, and that it wants. */
      readonly taken: number;
      readonly wanted: number;
      /** Base units of the payment token. */
      readonly price: bigint;
      /** Tenths. */
      readonly trust: number;
    })
  | (StagePlace & { readonly stage: "seat-declined"; readonly provider: number })
  /** The round is full: every seat runs the program. */
  | (StagePlace & { readonly stage: "executing"; readonly round: number })
  | (StagePlace & {
      readonly stage: "committed";
      readonly provider: number;
      readonly committed: number;
      readonly wanted: number;
    })
  | (StagePlace & {
      readonly stage: "abstained";
      readonly provider: number;
      readonly reason: AbstainReason;
    })
  | (StagePlace & { readonly stage: "revealing"; readonly round: number })
  | (StagePlace & {
      readonly stage: "revealed";
      readonly provider: number;
      readonly revealed: number;
      readonly committed: number;
    })
  | (StagePlace & {
      readonly stage: "seat-ended";
      readonly provider: number;
      readonly outcome: SeatOutcome;
      /** Base units of the payment token. */
      readonly paid: bigint;
      /** Base units of DECO. */
      readonly slashed: bigint;
      /** Tenths, after the task. */
      readonly trust: number;
    })
  | (StagePlace & { readonly stage: "compensated"; readonly amount: bigint })
  /** A seat logged a state that the run could go on from elsewhere. */
  | (StagePlace & {
      readonly stage: "checkpointed";
      readonly provider: number;
      readonly digest: Hex;
    })
  | (StagePlace & { readonly stage: "reseeded" })
  /** A provider holds the order, and proves until a second of block time. */
  | (StagePlace & {
      readonly stage: "order-held";
      readonly provider: number;
      readonly until: number;
    })
  | TaskAcceptance
  | (StagePlace & {
      readonly stage: "dispute-opened";
      readonly index: number;
      readonly kind: DisputeKind;
      readonly leaf: number;
    })
  | (StagePlace & {
      readonly stage: "panel-opened";
      readonly index: number;
      readonly level: number;
      readonly seats: number;
    })
  | (StagePlace & {
      readonly stage: "panel-decided";
      readonly decision: Hex;
      readonly agreeing: number;
      readonly committed: number;
    })
  | (StagePlace & { readonly stage: "panel-failed"; readonly filled: boolean })
  | TaskEnd
  | {
      readonly stage: "waiting";
      readonly for: WaitingFor;
      /** Last second of block time for it; absent when it may happen at any time from now on. */
      readonly until?: number;
      /** Time of the latest block. */
      readonly now: number;
    }
  /** Blocks that were seen are gone: what follows tells the task from its post again. */
  | { readonly stage: "reorganized" }
  /** The node failed to answer; it is asked again. */
  | { readonly stage: "chain-silent"; readonly attempt: number; readonly error: unknown };
