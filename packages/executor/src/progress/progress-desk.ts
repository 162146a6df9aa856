import {
  type Messenger,
  P2pError,
  type PlainBody,
  progress,
  type Received,
  type SeatProgress,
  sealProgress,
} from "@deco-network/p2p";
import { taskIdOf } from "@deco-network/sdk";
import { type Hash, isAddressEqual } from "viem";

import type { ProviderIdentity } from "../assignments/context.ts";
import type { AssignmentState } from "../assignments/states.ts";
import type { Journal } from "../journal/journal.ts";
import type { Assignment } from "../journal/rows.ts";
import { decodeRequest } from "../market/request.ts";
import { resultOf, sameKept } from "../results/result-of.ts";
import type { Confirmations } from "../services/confirmations.ts";
import { type Standing, shownOf, windowOf } from "./log-window.ts";
import type { RunLogs } from "./run-logs.ts";

export interface ProgressDeskOptions {
  readonly identity: ProviderIdentity;
  readonly journal: Journal;
  readonly logs: RunLogs;
  readonly confirmations: Pick<Confirmations, "outcome">;
  /** Bytes of standard error that a requester sees of runs that are not paid, or not yet. */
  readonly unpaidBytes: number;
}

/** States that say that the task's end was seen; until then no question to a node is needed. */
const OVER: readonly AssignmentState[] = ["settled", "published", "expired", "released"];

interface Question {
  readonly taskId: Hash;
  readonly key: Hash;
  readonly from: number;
}

/** Tells requesters how far the seats of their tasks are, and what their programs wrote. */
export class ProgressDesk {
  readonly #options: ProgressDeskOptions;

  constructor(options: ProgressDeskOptions) {
    this.#options = options;
  }

  /** Answers until the messenger is closed; without a node there is nobody to answer. */
  async serve(messenger: Messenger | undefined): Promise<void> {
    await messenger?.serve(progress, (message) => this.answer(message));
  }

  /** @throws P2pError `sender-refused`, `message-malformed` */
  async answer({ sender, body }: Pick<Received<Question>, "sender" | "body">): Promise<PlainBody> {
    const { identity, journal, logs, unpaidBytes } = this.#options;
    const { taskId, key, from } = body;
    const assignment = journal.assignmentsOf(taskId).findLast((each) => journal.hasSeat(each.key));
    const request = assignment && decodeRequest(assignment.request);
    // One refusal for all: it tells strangers nothing, not even that there is a seat. A panel's id
    // is not its request's, and nobody watches judges.
    const asksForOwn =
      request &&
      isAddressEqual(sender, request.requester) &&
      taskIdOf(identity, request) === taskId;
    if (!assignment || !asksForOwn) {
      throw new P2pError(
        "sender-refused",
        "Only the requester of a task with a seat here may ask.",
      );
    }
    const shown = shownOf(request, await this.#standing(assignment));
    const run = await logs.read(assignment.key);
    const seat: SeatProgress = {
      round: assignment.key.round,
      state: assignment.state,
      since: Math.floor(assignment.updatedAt / 1_000),
      ...(assignment.reason !== undefined && { reason: assignment.reason }),
      ...(run && { items: run.items }),
      log: shown ? windowOf(run, shown, { from, unpaidBytes }) : { withheld: "vote-open" },
    };
    const { provider } = identity;
    return await sealProgress(key, { domain: identity, taskId, provider }, seat);
  }

  async #standing({ key, state, facts, postedBlock }: Assignment): Promise<Standing> {
    if (!OVER.includes(state)) return "undecided";
    const outcome = await this.#options.confirmations.outcome(key.task, postedBlock);
    if (!outcome) return "undecided";
    const won =
      outcome.kind === "settled" &&
      facts.result !== undefined &&
      sameKept(resultOf(facts.result), outcome.result);
    return won ? "paid" : "unpaid";
  }
}
