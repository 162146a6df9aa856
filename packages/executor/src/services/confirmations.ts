import type { Request } from "@deco-network/sdk";
import type { Hash, PublicClient } from "viem";

import { ExecutorError } from "../errors.ts";
import type { Assignment } from "../journal/rows.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { MarketReader } from "../market/market-reader.ts";
import { phaseOf } from "../market/phase.ts";

export interface ConfirmationOptions {
  readonly market: MarketReader;
  /** One client per endpoint. */
  readonly endpoints: readonly PublicClient[];
  readonly confirmations: number;
  readonly head: () => BlockRow;
}

/** Endpoints that must tell the same before an irreversible step, where there are so many. */
const WITNESSES = 2;

/** Answers what irreversible steps depend on from blocks that are buried deep enough. */
export class Confirmations {
  readonly #options: ConfirmationOptions;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /**
   * Whether reveals of the seat's round are open in a confirmed block, by every witness.
   * @throws ExecutorError `endpoints-disagree` when a witness is missing
   */
  async reveal(
    { key, postedBlock: fromBlock }: Pick<Assignment, "key" | "postedBlock">,
    request: Request,
  ): Promise<boolean> {
    const { market, head } = this.#options;
    const { number, timestamp } = head();
    const block = this.#confirmed(number);
    const answers = await this.#ask(async (client) => {
      const view = await market.task(key.task, { block, client, fromBlock });
      // The deadlines' clock is the head's: time does not run back in a reorg.
      const phase = phaseOf(view, request, { settleWindow: 0 }, timestamp);
      return phase.name === "revealing" && phase.task.round === key.round;
    });
    return answers.every(Boolean);
  }

  /** Whether the task's end, or the acceptance of its result, is in a confirmed block. */
  async end(task: Hash): Promise<boolean> {
    const block = this.#confirmed(this.#options.head().number);
    const view = await this.#options.market.task(task, { block });
    return view.kind === "settled" || view.kind === "ended" || view.kind === "accepted";
  }

  #confirmed(head: number): number {
    return Math.max(0, head - this.#options.confirmations + 1);
  }

  async #ask<T>(question: (client: PublicClient) => Promise<T>): Promise<T[]> {
    const { endpoints } = this.#options;
    const answers: T[] = [];
    let failure: unknown;
    for (const client of endpoints) {
      try {
        answers.push(await question(client));
      } catch (error) {
        failure = error;
      }
      if (answers.length === WITNESSES) return answers;
    }
    if (answers.length < Math.min(WITNESSES, endpoints.length)) {
      throw new ExecutorError("endpoints-disagree", "Too few endpoints answer to be sure.", {
        remedy: "Check chain.endpoints: a reveal needs two of them to agree.",
        cause: failure,
      });
    }
    return answers;
  }
}
