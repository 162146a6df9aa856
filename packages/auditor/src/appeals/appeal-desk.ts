import { coverBond, isRequesterError, type Market } from "@deco-network/requester";
import { bondOf, DecoContractError, eventsNamed, type Request } from "@deco-network/sdk";
import { appeal, getDispute, getParameters, getTask } from "@deco-network/sdk/actions";
import { type Address, type Hex, isAddressEqual } from "viem";
import { getTransactionCount } from "viem/actions";

import { readTask } from "../chain/posted-request.ts";
import type { AuditorEvent, WithheldReason } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { Appeal, WrongItem } from "../journal/rows.ts";
import type { AppealPlan } from "../journal/transition.ts";

/** Most that may be out in bonds, or lost, at any time. */
export interface Budget {
  readonly token: Address;
  /** Base units of the token. */
  readonly amount: bigint;
}

export interface AppealDeskOptions {
  /** Its client's account puts up the bonds, unless nothing is sent. */
  readonly market: Market;
  readonly account: Address;
  readonly journal: Journal;
  readonly budget: Budget;
  readonly dryRun: boolean;
  readonly onEvent: (event: AuditorEvent) => void;
}

/** The market's refusals of an appeal that nobody can make any more. */
const TOO_LATE: readonly string[] = ["LeafDisputed", "ChallengeWindowClosed", "WrongStatus"];

/** Makes appeals, each at most once, and never more than the budget at risk. */
export class AppealDesk {
  readonly #options: AppealDeskOptions;
  /** What was said about wrong results that wait, to say it once. */
  readonly #said = new Map<Hex, WithheldReason>();

  constructor(options: AppealDeskOptions) {
    this.#options = options;
  }

  /** Base units of the budget's token that are out, or were lost. */
  atRisk(): bigint {
    const { journal, budget } = this.#options;
    return journal
      .appeals()
      .filter(({ token }) => isAddressEqual(token, budget.token))
      .reduce((sum, each) => sum + riskOf(each), 0n);
  }

  /** Says what an appeal costs, then makes it, unless something speaks against it. */
  async appeal(taskId: Hex, wrong: WrongItem, signal: AbortSignal): Promise<void> {
    const { market, account, journal, budget, dryRun, onEvent } = this.#options;
    const { client, deployment } = market;
    const task = await getTask(client, { deployment, taskId });
    if (task.status !== "accepted") return this.#withhold(taskId, "window-over");
    const { request } = await readTask(market, taskId, signal);
    const { task: terms } = await getParameters(client, { deployment, version: task.parameters });
    const { token } = request;
    const bond = bondOf(request, terms);
    const atRisk = this.atRisk();
    if (!this.#said.has(taskId)) {
      const costs = { taskId, token, bond, atRisk, budget: budget.amount };
      onEvent({ event: "appeal-costs", ...costs });
    }
    if (await this.#disputed(taskId, wrong.index, task.disputes)) {
      return this.#withhold(taskId, "already-disputed");
    }
    if (!isAddressEqual(token, budget.token)) return this.#withhold(taskId, "token");
    if (atRisk + bond > budget.amount) return this.#withhold(taskId, "budget");
    if (dryRun) return this.#withhold(taskId, "dry-run");
    try {
      await coverBond(market, { token, amount: bond, account, signal });
    } catch (error) {
      if (!isRequesterError(error, "balance-too-low")) throw error;
      return this.#withhold(taskId, "balance");
    }
    const nonce = await getTransactionCount(client, { address: account, blockTag: "pending" });
    const plan = { taskId, wrong, token, bond, nonce };
    journal.record({ kind: "appeal-planned", plan });
    await this.#send(plan, request, signal);
  }

  /** Finds out what became of an appeal whose sending was not seen to its end, and goes on with it. */
  async resume(planned: AppealPlan, signal: AbortSignal): Promise<void> {
    const { market, account, journal } = this.#options;
    const { client, deployment } = market;
    const { taskId, wrong, bond, token } = planned;
    if (await this.#adopt(planned, signal)) return;
    const task = await getTask(client, { deployment, taskId });
    if (task.status !== "accepted") return this.#miss(taskId, "window-over");
    await coverBond(market, { token, amount: bond, account, signal });
    // Counted before the disputes are read again: whatever used the nonce is visible then.
    const used = await getTransactionCount(client, { address: account, blockTag: "latest" });
    if (await this.#adopt(planned, signal)) return;
    // The same nonce again: of all attempts with it, the chain can take one only.
    let plan = planned;
    if (used > plan.nonce) {
      const nonce = await getTransactionCount(client, { address: account, blockTag: "pending" });
      plan = { taskId, wrong, token, bond, nonce };
      journal.record({ kind: "appeal-planned", plan });
    }
    const { request } = await readTask(market, taskId, signal);
    await this.#send(plan, request, signal);
  }

  /** Whether the planned appeal is on the chain. */
  async #adopt({ taskId, wrong, bond }: AppealPlan, signal: AbortSignal): Promise<boolean> {
    const { market, account, journal, onEvent } = this.#options;
    const { events } = await readTask(market, taskId, signal);
    const own = eventsNamed(events, "DisputeOpened").find(
      ({ args: { leaf, claimant } }) => leaf === wrong.index && isAddressEqual(claimant, account),
    );
    if (own === undefined) return false;
    const dispute = own.args.index;
    journal.record({ kind: "appeal-opened", taskId, dispute });
    onEvent({ event: "appealed", taskId, dispute, bond });
    return true;
  }

  async #send(plan: AppealPlan, request: Request, signal: AbortSignal): Promise<void> {
    const { market, journal, onEvent } = this.#options;
    const { client, deployment } = market;
    const { taskId, wrong, bond, nonce } = plan;
    const shown = wrong.proof.length === 0 ? {} : { item: wrong.accepted, proof: wrong.proof };
    try {
      const sent = await appeal(client, {
        ...{ deployment, request, leaf: wrong.index, ...shown, nonce, signal },
      });
      journal.record({ kind: "appeal-opened", taskId, dispute: sent.index });
      onEvent({ event: "appealed", taskId, dispute: sent.index, bond });
    } catch (error) {
      const code = error instanceof DecoContractError ? error.code : undefined;
      if (code === undefined || !TOO_LATE.includes(code)) throw error;
      await this.#refused(plan, code, signal);
    }
  }

  /**
   * A node may refuse for what is only on its way, this auditor's own appeal of an earlier life included: the chain tells
   * whether it is too late. What it does not tell yet stays planned, and is looked at again.
   */
  async #refused(plan: AppealPlan, code: string, signal: AbortSignal): Promise<void> {
    const { client, deployment } = this.#options.market;
    const { taskId, wrong } = plan;
    const task = await getTask(client, { deployment, taskId });
    const accepted = task.status === "accepted";
    const disputed = accepted && (await this.#disputed(taskId, wrong.index, task.disputes));
    // After these: a dispute that they have seen is found if it is its own.
    if (await this.#adopt(plan, signal)) return;
    if (disputed) this.#miss(taskId, "already-disputed");
    else if (!accepted || code === "ChallengeWindowClosed") this.#miss(taskId, "window-over");
  }

  /** Whether a dispute over the item is open, or has been decided. */
  async #disputed(taskId: Hex, item: number, disputes: readonly number[]): Promise<boolean> {
    const { client, deployment } = this.#options.market;
    for (const index of disputes) {
      const { kind, leaf, status, decision } = await getDispute(client, {
        ...{ deployment, taskId, index },
      });
      const over = status === "closed" && decision === undefined;
      if (kind !== "delivery" && leaf === item && !over) return true;
    }
    return false;
  }

  #miss(taskId: Hex, reason: WithheldReason): void {
    this.#options.journal.record({ kind: "appeal-missed", taskId });
    this.#withhold(taskId, reason);
  }

  #withhold(taskId: Hex, reason: WithheldReason): void {
    if (this.#said.get(taskId) === reason) return;
    this.#said.set(taskId, reason);
    this.#options.onEvent({ event: "appeal-withheld", taskId, reason });
  }
}

function riskOf({ state, bond, verdict, returned }: Appeal): bigint {
  if (state === "planned" || state === "open") return bond;
  if (state === "missed" || verdict === "right") return 0n;
  return bond - returned;
}
