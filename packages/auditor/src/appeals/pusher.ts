import type { Market } from "@deco-network/requester";
import {
  DecoContractError,
  deadlinesOf,
  isLive,
  phaseOf,
  type Request,
  rosterOf,
} from "@deco-network/sdk";
import {
  audit,
  type Dispute,
  decide,
  escalatePanel,
  finalize,
  getParameters,
  getTask,
  getTaskEvents,
} from "@deco-network/sdk/actions";
import { type Hex, zeroAddress } from "viem";
import { getBlock } from "viem/actions";

import { readTask } from "../chain/posted-request.ts";
import type { Appeal } from "../journal/rows.ts";

export interface PusherOptions {
  readonly market: Market;
  /** Blocks that others get to make a call that anybody may make. */
  readonly patienceBlocks: number;
}

type Act = "decide" | "escalate" | "finalize";

/**
 * Ends panels and tasks that nobody else ends: a bond must not depend on others. A refusal means that
 * somebody was faster, or that it is too early after all, so it is no failure.
 */
export class Pusher {
  readonly #options: PusherOptions;
  /** Block in which an act was first seen to be due, by task and act. */
  readonly #dueSince = new Map<string, bigint>();

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  async push(appeal: Appeal, index: number, dispute: Dispute, signal: AbortSignal): Promise<void> {
    const { market, patienceBlocks } = this.#options;
    const { number, timestamp } = await getBlock(market.client, { blockTag: "latest" });
    const { request } = await readTask(market, appeal.taskId, signal);
    const acts = await this.#due(appeal, dispute, request, Number(timestamp));
    const place = `${appeal.taskId}/${dispute.level}/${acts.join()}`;
    if (acts.length === 0) return;
    const since = this.#dueSince.get(place) ?? number;
    this.#dueSince.set(place, since);
    if (number - since < BigInt(patienceBlocks)) return;
    this.#dueSince.delete(place);
    for (const act of acts) {
      if (await this.#try(act, appeal, index, dispute.panelId, request, signal)) return;
    }
  }

  /** Calls that block time allows, most wanted first. */
  async #due(
    { taskId }: Appeal,
    dispute: Dispute,
    request: Request,
    now: number,
  ): Promise<readonly Act[]> {
    const { client, deployment } = this.#options.market;
    if (dispute.status !== "voting") {
      const decided = dispute.status === "decided";
      const task = await getTask(client, { deployment, taskId });
      if (task.status !== "accepted") return [];
      const longest = Math.max(request.challengeWindow, request.deliveryWindow);
      const closesAt = Math.max(
        task.acceptedAt + longest,
        decided ? dispute.decidedAt + request.challengeWindow : 0,
      );
      return now > closesAt ? ["finalize"] : [];
    }
    const panel = await getTask(client, { deployment, taskId: dispute.panelId });
    if (!isLive(panel)) return [];
    const { task: terms } = await getParameters(client, { deployment, version: panel.parameters });
    const phase = phaseOf(panel, now);
    // No allocator gives seats of panels.
    const { claimWindow, commitWindow, revealWindow } = request;
    const allocator = zeroAddress;
    const windows = { claimWindow, commitWindow, revealWindow, allocator, allocatorWindow: 0 };
    const deadlines = deadlinesOf(phase, windows, terms);
    if (phase.status === "open") return now > deadlines.claim ? ["escalate"] : [];
    if (phase.status !== "revealing") return [];
    if (now > deadlines.settle) return ["decide", "escalate"];
    return panel.revealed === panel.committed && panel.committed > 0 ? ["decide"] : [];
  }

  async #try(
    act: Act,
    { taskId, wrong }: Appeal,
    index: number,
    panelId: Hex,
    request: Request,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, deployment } = this.#options.market;
    const common = { deployment, request, signal };
    const of = act === "finalize" ? taskId : panelId;
    const roster = rosterOf(await getTaskEvents(client, { deployment, taskId: of, signal }));
    try {
      if (act === "decide") {
        // What this auditor has computed; a panel of another mind decides without it.
        await decide(client, { ...common, index, roster, decision: wrong.computed });
      } else if (act === "escalate") {
        await escalatePanel(client, { ...common, index, roster });
      } else {
        await finalize(client, { ...common, roster });
      }
      return true;
    } catch (error) {
      if (!(error instanceof DecoContractError)) throw error;
      if (error.code !== "AuditDue") return false;
      return await this.#audit(common);
    }
  }

  /** The draw of the task's own audit stands before its end. */
  async #audit(common: Parameters<typeof audit>[1]): Promise<boolean> {
    try {
      await audit(this.#options.market.client, common);
      return true;
    } catch (error) {
      if (error instanceof DecoContractError) return false;
      throw error;
    }
  }
}
