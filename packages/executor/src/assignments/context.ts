import type { Fold, Request } from "@deco-network/sdk";
import type { Address, Hash } from "viem";
import type { AttestedSeats } from "../attested/attested-seats.ts";

import type { SeatCheckpoints } from "../checkpoints/seat-checkpoints.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import type { Journal } from "../journal/journal.ts";
import type { Assignment, Transaction } from "../journal/rows.ts";
import type {
  AssignmentFacts,
  BlockRow,
  SeatKey,
  TransactionPurpose,
  Transition,
  VotedResult,
} from "../journal/transition.ts";
import type { MarketCalls, RoundCalls, SeatCalls } from "../market/calls.ts";
import type { MarketReader, SeatView } from "../market/market-reader.ts";
import type { PanelPlace } from "../market/panel.ts";
import type { Phase } from "../market/phase.ts";
import type { ReasonCode } from "../reasons/reason.ts";
import type { NoteRefusal } from "../reasons/refusals.ts";
import type { SeatBooks } from "../records/seat-books.ts";
import type { ReceiptWriter } from "../results/receipt-writer.ts";
import type { ResultStore } from "../results/result-store.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Backlog, Crowded } from "../services/backlog.ts";
import type { BallotPost } from "../services/ballots/ballot-post.ts";
import type { DeliveryJudge } from "../services/delivery-judge.ts";
import type { IntakeGate } from "../services/intake-gate.ts";
import type { OfferBook } from "../services/offers/offer-book.ts";
import type { Runner } from "../services/runner.ts";
import type { AssignmentState } from "./states.ts";

/** Who this executor is on the market. */
export interface ProviderIdentity {
  readonly provider: number;
  readonly operator: Address;
  readonly chainId: number;
  readonly market: Address;
}

/** What a seat votes for, given what its run produced. */
export type VoteStep = (
  computed: VotedResult,
  seat: SeatKey & ProviderIdentity,
) => VotedResult | Promise<VotedResult>;

/** What every handler shares; made once by the composition root. */
export interface HandlerServices {
  readonly config: ExecutorConfig;
  readonly identity: ProviderIdentity;
  /** 32 bytes that every salt derives from. */
  readonly saltSecret: Uint8Array;
  readonly journal: Journal;
  readonly market: MarketReader;
  readonly calls: MarketCalls;
  readonly runner: Runner;
  readonly results: ResultStore;
  readonly checkpoints: SeatCheckpoints;
  readonly delivery: DeliveryJudge;
  /** Connects to the providers of a task's seats, who have its input and outputs. */
  readonly reachSeats: (providers: readonly number[], signal: AbortSignal) => Promise<void>;
  readonly receipts: ReceiptWriter;
  readonly books: SeatBooks;
  readonly noteRefusal: NoteRefusal;
  readonly gate: IntakeGate;
  /** Absent where no attested key is configured. */
  readonly attested?: AttestedSeats;
  readonly offers: OfferBook;
  readonly backlog: Pick<Backlog, "admit" | "judge" | "rank">;
  readonly vote: VoteStep;
  /** Gives ballots to whoever relays their round. */
  readonly ballots: BallotPost;
  /**
   * Whether everybody asked agrees that the task's reveals are open in a confirmed block; a tag
   * shown on a branch that is left could be copied.
   */
  readonly confirmedReveal: (assignment: Assignment, request: Request) => Promise<boolean>;
  /** Whether the task's end is buried deep enough. */
  readonly confirmedEnd: (task: Hash) => Promise<boolean>;
  readonly head: () => BlockRow;
}

/** The chain's answer to "where do I stand". */
export interface Overview {
  readonly phase: Phase;
  readonly seat: SeatView;
  /** What the chain keeps of the task as one word, if it does; see `ownAct`. */
  readonly fold?: Fold;
  /** Nobody can prove the task any more: its policy, or the circuit that it names, was removed. See `policyEnd`. */
  readonly policyGone?: true;
  /** Seconds, of the latest block. */
  readonly now: number;
}

/** One look at one assignment; handlers hold nothing beyond it. */
export interface HandlerContext extends Omit<HandlerServices, "calls"> {
  readonly assignment: Assignment;
  readonly key: SeatKey;
  /** As posted; for a judge's seat as judges meet it, see `judgedRequest`. */
  readonly request: Request;
  /** The panel that the seat is on; absent for a replica's seat. */
  readonly panel?: PanelPlace;
  readonly calls: SeatCalls;
  /** What only replicas' seats do. */
  readonly roundCalls: RoundCalls;
  readonly logger: Logger;
  /** Ends when the executor stops. */
  readonly signal: AbortSignal;
  /** Survives between the looks at one assignment, not a restart. */
  readonly memory: HandlerMemory;
  overview(): Promise<Overview>;
  /** Salt of this seat: derived, never stored. */
  salt(): Hash;
  /** The latest transaction of this purpose for this task, by default in the seat's round. */
  transaction(purpose: TransactionPurpose, round?: number): Transaction | undefined;
  /** Calls `onChange` at every new head and event until the returned function is called. */
  watch(onChange: () => void): () => void;
}

export interface HandlerMemory {
  /** Round in which the own result was refused by `settle`. */
  refusedRound?: number;
  /** Second at which settling was first seen to be legal, by what was legal. */
  legalSince?: { readonly what: string; readonly at: number };
  /** Deliveries whose callback failed, when there were so many first, and whether a further one was sent. */
  deliveries?: { readonly failures: number; readonly seenAt: number; readonly tried?: boolean };
  /** `finalize` was refused because the task was drawn for an audit. */
  auditDue?: boolean;
  /** `escalate` was refused: only `expire` is left. */
  exhausted?: boolean;
  /** The chain left more blocks than are thought to be final, and that was not looked into yet. */
  deepRollback?: true;
  /** A seat could have been taken, but for want of room; why it was lost, if it is. */
  crowded?: Crowded["no"];
  /** The program was killed once, and is run again. */
  killed?: true;
  /** Number of the head at which the task was first seen to be absent. */
  absentSince?: number;
  /** Number of the head at which a transaction's failure was noticed, by its id. */
  readonly failures: Map<number, number>;
}

/** What a handler decides. */
export type Step =
  | {
      readonly kind: "move";
      readonly to: AssignmentState;
      readonly reason?: ReasonCode;
      /** What exactly, for people, where the move is a "no"; not journaled. */
      readonly detail?: string;
      readonly facts?: AssignmentFacts;
      /** Journaled together with the move. */
      readonly also?: readonly Transition[];
    }
  /** Look again at the next event, or when the chain's clock reaches `until`. */
  | { readonly kind: "wait"; readonly until?: number; readonly why?: WaitReason }
  /** Journal this, then wait. */
  | { readonly kind: "record"; readonly transitions: readonly Transition[] };

/** What is waited for, where the state alone does not say it. */
export interface WaitReason {
  readonly code: ReasonCode;
  readonly detail?: string;
}

export type Handler = (context: HandlerContext) => Promise<Step>;

export function move(
  to: AssignmentState,
  more: Omit<Extract<Step, { kind: "move" }>, "kind" | "to"> = {},
): Step {
  return { kind: "move", to, ...more };
}

export function wait(until?: number, code?: ReasonCode, detail?: string): Step {
  const why = code && { code, ...(detail !== undefined && { detail }) };
  return { kind: "wait", ...(until !== undefined && { until }), ...(why && { why }) };
}
