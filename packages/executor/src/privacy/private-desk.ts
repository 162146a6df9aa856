import {
  type Messenger,
  P2pError,
  type PlainBody,
  privateKeys,
  privateResults,
  type Received,
} from "@deco-network/p2p";
import { isPrivacyError, openKey } from "@deco-network/privacy";
import { taskIdOf } from "@deco-network/sdk";
import { type Hash, isAddressEqual } from "viem";

import type { ProviderIdentity } from "../assignments/context.ts";
import { type AssignmentState, BOUND_STATES } from "../assignments/states.ts";
import type { Journal } from "../journal/journal.ts";
import type { Assignment } from "../journal/rows.ts";
import { decodeRequest } from "../market/request.ts";
import type { Logger } from "../runtime/logger.ts";
import type { PrivateTasks } from "./private-tasks.ts";

export interface PrivateDeskOptions {
  readonly identity: ProviderIdentity;
  /** The own age identity. */
  readonly ageIdentity: string;
  readonly journal: Journal;
  readonly tasks: PrivateTasks;
  readonly logger: Logger;
  /** A key came: the task's assignment looks again. */
  readonly onKey: (task: Hash) => void;
}

/** States in which a key is of use; a seat that was given back gets none. */
const WANTING: readonly AssignmentState[] = ["seated", "running"];
/** States after which no result will come that is not here. */
const OVER: readonly AssignmentState[] = ["released", "lost", "declined", "expired"];

/** Takes the keys of private tasks from their requesters, and tells them where results are. */
export class PrivateDesk {
  readonly #options: PrivateDeskOptions;

  constructor(options: PrivateDeskOptions) {
    this.#options = options;
  }

  /** Answers until the messenger is closed; without a node there is nobody to answer. */
  async serve(messenger: Messenger | undefined): Promise<void> {
    await messenger?.serve(privateKeys, (message) => this.takeKey(message));
    await messenger?.serve(privateResults, (message) => this.tellResult(message));
  }

  /** @throws P2pError `sender-refused` when the sender's task has no seat here that waits for a key */
  async takeKey({
    sender,
    body,
  }: Pick<Received<{ taskId: Hash; envelope: string }>, "sender" | "body">): Promise<PlainBody> {
    const { identity, ageIdentity, tasks, logger, onKey } = this.#options;
    const { taskId, envelope } = body;
    this.#seatOf(taskId, sender, ({ state }) => WANTING.includes(state));
    const known = tasks.get(taskId);
    if (!known) return { refused: "task-not-private" };
    try {
      const context = { domain: identity, taskId, provider: identity.provider };
      const bytes = Buffer.from(envelope, "base64");
      const key = await openKey(ageIdentity, bytes, context, known.sealed.key);
      if (known.key === undefined) await tasks.change(taskId, { key });
    } catch (error) {
      if (!isPrivacyError(error)) throw error;
      logger.warn(
        { code: "private-key-refused", task: taskId, reason: error.code },
        "A requester's envelope cannot be used.",
      );
      if (error.code === "envelope-foreign" || error.code === "key-wrong") {
        return { refused: error.code };
      }
      return { refused: "envelope-unreadable" };
    }
    onKey(taskId);
    return { taken: true };
  }

  /** @throws P2pError `sender-refused` */
  async tellResult({
    sender,
    body: { taskId },
  }: Pick<Received<{ taskId: Hash }>, "sender" | "body">): Promise<PlainBody> {
    const { state } = this.#seatOf(taskId, sender, () => true);
    const ciphertext = this.#options.tasks.get(taskId)?.ciphertext;
    if (ciphertext) return { ciphertext: ciphertext.cid, bytes: ciphertext.bytes };
    return { absent: OVER.includes(state) ? "gone" : "pending" };
  }

  /** One refusal for all: it tells strangers nothing, not even that there is a seat. */
  #seatOf(task: Hash, sender: Hash, wanted: (assignment: Assignment) => boolean): Assignment {
    const { identity, journal } = this.#options;
    const seat = journal
      .assignmentsOf(task)
      .findLast((each) => journal.hasSeat(each.key) || BOUND_STATES.includes(each.state));
    const request = seat && decodeRequest(seat.request);
    const asksForOwn =
      request && isAddressEqual(sender, request.requester) && taskIdOf(identity, request) === task;
    if (seat && asksForOwn && wanted(seat)) return seat;
    throw new P2pError(
      "sender-refused",
      "Only the requester of a private task with a seat here may send this.",
    );
  }
}
