import type { Market } from "@deco-network/requester";
import { eventsNamed } from "@deco-network/sdk";
import { type Dispute, getDispute, getTask } from "@deco-network/sdk/actions";
import { type Address, isAddressEqual } from "viem";

import { readTask } from "../chain/posted-request.ts";
import type { AppealVerdict, AuditorEvent } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { Appeal } from "../journal/rows.ts";
import { Pusher } from "./pusher.ts";

export interface AppealFollowerOptions {
  readonly market: Market;
  readonly account: Address;
  readonly journal: Journal;
  /** Blocks that others get to make a call that anybody may make. */
  readonly patienceBlocks: number;
  readonly onEvent: (event: AuditorEvent) => void;
}

/** Follows appeals to the end of their bonds. */
export class AppealFollower {
  readonly #options: AppealFollowerOptions;
  readonly #pusher: Pusher;

  constructor(options: AppealFollowerOptions) {
    this.#options = options;
    this.#pusher = new Pusher(options);
  }

  async follow(appeal: Appeal, signal: AbortSignal): Promise<void> {
    const { market, account, journal } = this.#options;
    const { client, deployment } = market;
    const { taskId, dispute: index } = appeal;
    if (index === undefined) return;
    const dispute = await getDispute(client, { deployment, taskId, index });
    const claimant = dispute.bond?.account;
    if (claimant === undefined || !isAddressEqual(claimant, account)) {
      // Its block left the chain: what was planned is looked for, and sent again, with the same nonce.
      journal.record({ kind: "appeal-planned", plan: appeal });
      return;
    }
    this.#tell(appeal, index, dispute);
    const task = await getTask(client, { deployment, taskId });
    if (task.status === "settled" || task.status === "ended") {
      await this.#resolve(appeal, index, dispute, signal);
    } else if (task.status === "accepted") {
      await this.#pusher.push(appeal, index, dispute, signal);
    }
  }

  #tell({ taskId, told }: Appeal, dispute: number, found: Dispute): void {
    const { decision, level, status } = found;
    const decided = status === "decided" || status === "closed";
    if (decision === undefined || !decided || told >= level) return;
    const overturned = decision !== found.item;
    const said = { taskId, dispute, level, decision, overturned };
    this.#options.journal.record({ kind: "panel-told", taskId, level });
    this.#options.onEvent({ event: "panel-decided", ...said });
  }

  async #resolve(
    { taskId, bond }: Appeal,
    dispute: number,
    { decision, item }: Dispute,
    signal: AbortSignal,
  ): Promise<void> {
    const { market, account, journal, onEvent } = this.#options;
    const { events } = await readTask(market, taskId, signal);
    const ends = eventsNamed(events, "BondResolved").filter(
      ({ args }) => args.index === dispute && isAddressEqual(args.account, account),
    );
    const verdict: AppealVerdict =
      decision === undefined ? "undecided" : decision === item ? "wrong" : "right";
    const returned = ends.reduce((sum, { args }) => sum + args.returned, 0n);
    const awarded = ends.reduce((sum, { args }) => sum + args.awarded, 0n);
    journal.record({ kind: "appeal-resolved", taskId, end: { verdict, returned, awarded } });
    const end = { taskId, dispute, verdict, bond, returned, awarded };
    onEvent({ event: "appeal-resolved", ...end });
  }
}
