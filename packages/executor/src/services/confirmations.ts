import type { Request } from "@deco-network/sdk";
import type { Hash, PublicClient } from "viem";

import { ExecutorError } from "../errors.ts";
import type { Assignment } from "../journal/rows.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { MarketReader, TaskView } from "../market/market-reader.ts";
import { phaseOf } from "../market/phase.ts";
import type { Logger } from "../runtime/logger.ts";

export interface ConfirmationOptions {
  readonly market: MarketReader;
  /** One client per endpoint that answers and keeps up. */
  readonly witnesses: () => readonly PublicClient[];
  /** How many endpoints there are, well or not. */
  readonly endpoints: number;
  readonly logger: Logger;
  readonly confirmations: number;
  readonly head: () => BlockRow;
}

/** Endpoints that must tell the same before an irreversible step, where there are so many. */
const WITNESSES = 2;
/** Share of the reveal window at whose end one witness must do: a reveal that is missed costs the whole lock. */
const ALONE_IN_LAST = 1 / 3;

/** Answers what irreversible steps depend on from blocks that are buried deep enough. */
export class Confirmations {
  readonly #options: ConfirmationOptions;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /**
   * Whether reveals of the seat's round are open in a confirmed block, by every witness. A witness
   * that is away is done without when the window ends soon; one that says no never is.
   * @throws ExecutorError `endpoints-disagree` when a witness is missing
   */
  async reveal(
    { key, postedBlock: fromBlock }: Pick<Assignment, "key" | "postedBlock">,
    request: Request,
  ): Promise<boolean> {
    const { market, head, logger } = this.#options;
    const { number, timestamp } = head();
    const block = this.#confirmed(number);
    const { answers, failure } = await this.#ask(async (client) => {
      const view = await market.task(key.task, { block, client, fromBlock });
      // The deadlines' clock is the head's: time does not run back in a reorg.
      const phase = phaseOf(view, request, { settleWindow: 0 }, timestamp);
      return phase.name === "revealing" && phase.task.round === key.round ? phase : undefined;
    });
    if (answers.length >= this.#needed) return answers.every((phase) => phase !== undefined);
    const [only] = answers;
    const late = request.revealWindow * ALONE_IN_LAST;
    if (only && timestamp > only.closesAt - late) {
      logger.warn(
        { code: "reveal-single-witness", task: key.task },
        "One endpoint alone says that reveals are open; the window ends soon.",
      );
      return true;
    }
    throw new ExecutorError("endpoints-disagree", "Too few endpoints answer to be sure.", {
      remedy: "Check chain.endpoints: a reveal needs two of them to agree.",
      cause: failure,
    });
  }

  /** Whether the task's end, or the acceptance of its result, is in a confirmed block. */
  async end(task: Hash): Promise<boolean> {
    const block = this.#confirmed(this.#options.head().number);
    const view = await this.#options.market.task(task, { block });
    return view.kind === "settled" || view.kind === "ended" || view.kind === "accepted";
  }

  /** How the task ended for good, by a confirmed block; undefined while anything can still change it. */
  async outcome(
    task: Hash,
    fromBlock: number,
  ): Promise<Extract<TaskView, { kind: "settled" | "ended" }> | undefined> {
    const block = this.#confirmed(this.#options.head().number);
    const view = await this.#options.market.task(task, { block, fromBlock });
    return view.kind === "settled" || view.kind === "ended" ? view : undefined;
  }

  #confirmed(head: number): number {
    return Math.max(0, head - this.#options.confirmations + 1);
  }

  get #needed(): number {
    return Math.min(WITNESSES, this.#options.endpoints);
  }

  async #ask<T>(
    question: (client: PublicClient) => Promise<T>,
  ): Promise<{ readonly answers: readonly T[]; readonly failure: unknown }> {
    const answers: T[] = [];
    let failure: unknown;
    for (const client of this.#options.witnesses()) {
      try {
        answers.push(await question(client));
      } catch (error) {
        failure = error;
      }
      if (answers.length === this.#needed) break;
    }
    return { answers, failure };
  }
}
