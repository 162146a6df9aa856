import {
  MAX_REFUSAL_DETAIL,
  MAX_REFUSALS,
  type Messenger,
  P2pError,
  type PlainBody,
  type Received,
  refusals,
  type ToldRefusal,
} from "@deco-network/p2p";
import { type Request, taskIdOf } from "@deco-network/sdk";
import { isAddressEqual } from "viem";

import type { AssignmentPool } from "../assignments/assignment-pool.ts";
import type { ProviderIdentity } from "../assignments/context.ts";
import type { Journal } from "../journal/journal.ts";
import type { Records, RefusalRecord } from "../records/records.ts";

export interface RefusalDeskOptions {
  readonly identity: ProviderIdentity;
  readonly records: Pick<Records, "refusalsOf">;
  readonly journal: Pick<Journal, "assignmentsOf">;
  readonly pool: Pick<AssignmentPool, "waiting">;
  /** Never told: it says how this machine is set up. */
  readonly dataFolder: string;
}

/** Codes whose details are about the task's own content, not about this machine or what work costs here. */
const TOLD_IN_DETAIL: readonly string[] = [
  ...["program-invalid", "input-invalid", "image-invalid", "volume-mismatch"],
  ...["cpu-limit", "memory-limit", "disk-limit", "accelerator-missing", "deadline-unreachable"],
  ...["engine-image-invalid", "engine-program-invalid", "engine-limit-exceeded"],
];

/** Tells requesters why this executor said no to their tasks, or what it waits for before it takes a seat. */
export class RefusalDesk {
  readonly #options: RefusalDeskOptions;

  constructor(options: RefusalDeskOptions) {
    this.#options = options;
  }

  /** Answers until the messenger is closed; without a node there is nobody to answer. */
  async serve(messenger: Messenger | undefined): Promise<void> {
    await messenger?.serve(refusals, (message) => this.answer(message));
  }

  /** @throws P2pError `sender-refused` to everybody but the request's requester, whether the task is known here or not */
  async answer({
    sender,
    body,
  }: Pick<Received<{ request: Request }>, "sender" | "body">): Promise<PlainBody> {
    const { identity, records, journal, pool } = this.#options;
    const { request } = body;
    if (!isAddressEqual(sender, request.requester)) {
      throw new P2pError("sender-refused", "Only the request's requester may ask.");
    }
    const task = taskIdOf(identity, request);
    const last = records.refusalsOf(task).slice(-MAX_REFUSALS);
    const assignment = journal.assignmentsOf(task).at(-1);
    const waiting = assignment && pool.waiting(assignment.key)?.why?.code;
    return {
      refusals: last.map((each) => this.#told(each)),
      ...(waiting !== undefined && { waiting }),
    };
  }

  #told({ round, source, code, detail, at }: RefusalRecord): ToldRefusal {
    const told = detail !== undefined && TOLD_IN_DETAIL.includes(code);
    return {
      ...{ round, source, code, at: Math.floor(at / 1_000) },
      ...(told && {
        detail: detail.replaceAll(this.#options.dataFolder, "…").slice(0, MAX_REFUSAL_DETAIL),
      }),
    };
  }
}
