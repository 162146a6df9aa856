import type { OfferAnswer } from "@deco-network/p2p";
import { type Request, type TaskOffer, taskIdOf, taskOfferTypedData } from "@deco-network/sdk";
import { type Address, isAddressEqual, type LocalAccount } from "viem";

import type { ProviderIdentity } from "../../assignments/context.ts";
import type { ChainListener } from "../../chain/chain-tracker.ts";
import type { ExecutorConfig } from "../../config/schema.ts";
import type { Journal } from "../../journal/journal.ts";
import type { BlockRow, OfferRow, SeatKey } from "../../journal/transition.ts";
import type { MarketReader } from "../../market/market-reader.ts";
import { encodeRequest } from "../../market/request.ts";
import type { ReasonCode } from "../../reasons/reason.ts";
import type { NoteRefusal } from "../../reasons/refusals.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { Backlog } from "../backlog.ts";
import { isListed, isPriced, minimumPrice, refuseStanding, refuseTerms } from "../decide.ts";
import type { IntakeGate } from "../intake-gate.ts";
import { bothJudges, judgePrice, workOf } from "../judge-price.ts";
import type { Runner } from "../runner.ts";
import type { OfferBook } from "./offer-book.ts";

export interface OfferDeskOptions {
  readonly config: ExecutorConfig;
  readonly identity: ProviderIdentity;
  /** The operator key: offers are signed with it. */
  readonly account: Pick<LocalAccount, "signTypedData">;
  readonly journal: Journal;
  readonly market: MarketReader;
  readonly runner: Runner;
  readonly gate: IntakeGate;
  readonly book: OfferBook;
  readonly backlog: Pick<Backlog, "admit" | "judge">;
  readonly head: () => BlockRow;
  readonly noteRefusal: NoteRefusal;
  readonly logger: Logger;
}

/** An allocator's question. */
export interface OfferQuestion {
  readonly sender: Address;
  readonly request: Request;
  readonly round: number;
}

/** Assignment states in which a seat on the task could still be taken up. */
const UNDECIDED: readonly string[] = ["discovered", "validating", "eligible"];

/**
 * Promises seats to listed allocators, or says by a code why not. A promise is made only when
 * program and input are here and verified, it is journaled before it leaves, and it counts against
 * the capacity until it ends.
 */
export class OfferDesk implements ChainListener {
  readonly #options: OfferDeskOptions;
  /** Prepared for an offer; let go when the offer ended without a seat. */
  readonly #prepared = new Map<string, OfferRow>();

  constructor(options: OfferDeskOptions) {
    this.#options = options;
    const { journal, head } = options;
    for (const offer of journal.offersOpen(head().timestamp)) {
      this.#prepared.set(offer.key.task, offer);
    }
  }

  /** Frees what was prepared in vain. */
  onHead({ timestamp }: BlockRow): void {
    const { logger } = this.#options;
    for (const [task, { key, expiry }] of this.#prepared) {
      if (timestamp <= expiry) continue;
      this.#prepared.delete(task);
      void this.#letGo(key).catch((err: unknown) => {
        logger.warn({ code: "release-failed", task, err }, "A prepared program was not removed.");
      });
    }
  }

  /** Signs an offer, or gives a stable code. The same question gets the same offer while it holds. */
  async answer(question: OfferQuestion, signal: AbortSignal): Promise<OfferAnswer> {
    const decision = await this.#decide(question, signal);
    const { sender, request, round } = question;
    const { identity, noteRefusal } = this.#options;
    if (decision.kind === "refused") {
      noteRefusal({
        ...{ task: taskIdOf(identity, request), round },
        source: "offer",
        ...decision.no,
      });
    }
    const answer = answerOf(decision);
    const { requester, program } = request;
    this.#options.logger.info(
      {
        ...{
          code: answer.kind === "offer" ? "offer-made" : "offer-refused",
          allocator: sender,
          requester,
          program,
        },
        ...(answer.kind === "refused" && { reason: answer.reason }),
      },
      "An allocator asked for an offer.",
    );
    return answer;
  }

  async #decide(question: OfferQuestion, signal: AbortSignal): Promise<Decision> {
    const { config, identity, journal, book, head } = this.#options;
    const { sender, request, round } = question;
    if (!isListed(sender, config)) return refused("allocator-unlisted");
    if (!isAddressEqual(request.allocator, sender)) return refused("allocator-mismatch");
    const task = taskIdOf(identity, request);
    const standing = journal.offer(task);
    if (standing && head().timestamp < standing.expiry) return await this.#sign(standing);

    const refusal = this.#refuseNow(request, { task, round });
    if (refusal) return refused(refusal);
    const draft = book.draft(task, request);
    if (!draft) return refused("being-prepared");
    try {
      return await this.#prepare(request, { task, round }, signal);
    } finally {
      draft.end();
    }
  }

  async #prepare(request: Request, key: SeatKey, signal: AbortSignal): Promise<Decision> {
    const { config, identity, journal, market, runner, book, backlog, head } = this.#options;
    const work = { request, runs: request.volume, class: "seat" } as const;
    const provider = await market.provider(identity.provider);
    const free = provider.free - book.promisedLock(key.task);
    const unfit = refuseStanding(request, { ...provider, free }, head().timestamp);
    if (unfit) return refused(unfit);

    const late = AbortSignal.timeout(config.offers.prepareMillis);
    try {
      const until = AbortSignal.any([signal, late]);
      const judge = bothJudges(judgePrice(request, config, request.volume), backlog.judge(work));
      const outcome = await runner.prepare(key, request, until, judge);
      if (outcome.kind !== "ready") {
        await this.#letGo(key);
        const code = outcome.kind === "refused" ? outcome.reason : "input-unavailable";
        return refused(code, outcome.detail);
      }
    } catch (error) {
      await this.#letGo(key);
      if (late.aborted && !signal.aborted) return refused("input-unavailable");
      throw error;
    }
    const program = isPriced(request, config)
      ? await runner.program(request, { signal })
      : undefined;
    const priced = program && workOf(program, request.volume);
    const asked = minimumPrice(request, config, priced) ?? request.maxPrice;
    const crowded = await backlog.admit(key, work);
    // Fetching took a while.
    const changed = this.#refuseNow(request, key) ?? crowded?.no;
    if (changed) {
      await this.#letGo(key);
      return refused(changed, changed === crowded?.no ? crowded.detail : undefined);
    }
    const offer: OfferRow = {
      key,
      request: encodeRequest(request),
      price: asked > request.minPrice ? asked : request.minPrice,
      epoch: provider.offerEpoch,
      expiry: head().timestamp + config.offers.holdSeconds,
    };
    journal.record({ kind: "offer-made", ...offer });
    this.#prepared.set(key.task, offer);
    return await this.#sign(offer);
  }

  /** Removes what was prepared, unless an assignment lives, which then decides about it. */
  async #letGo(key: SeatKey): Promise<void> {
    const { journal, runner } = this.#options;
    if (journal.assignmentsOf(key.task).some(({ state }) => state !== "released")) return;
    await runner.release(key);
  }

  /** What can be judged at once. */
  #refuseNow(request: Request, key: SeatKey): ReasonCode | undefined {
    const { config, gate, journal, book, head } = this.#options;
    const closed = gate.reasons[0];
    if (closed) return closed;
    if (request.expiry < head().timestamp) return "request-expired";
    const known = journal.assignmentsOf(key.task);
    if (known.some(({ state }) => !UNDECIDED.includes(state))) return "task-known";
    const terms = refuseTerms(request, config);
    if (terms) return terms;
    return book.occupied(key.task) >= config.capacity.tasks ? "capacity-full" : undefined;
  }

  async #sign({ key, price, expiry, epoch }: OfferRow): Promise<Decision> {
    const { account, identity } = this.#options;
    const { provider } = identity;
    const offer: TaskOffer = { taskId: key.task, provider, price, expiry, epoch };
    const signature = await account.signTypedData(taskOfferTypedData(identity, offer));
    return { kind: "offer", offer: { offer, signature } };
  }
}

/** What the desk decided; an allocator is told less than the operator. */
type Decision =
  | Extract<OfferAnswer, { kind: "offer" }>
  | {
      readonly kind: "refused";
      readonly no: { readonly code: ReasonCode; readonly detail?: string };
    };

function refused(code: ReasonCode, detail?: string): Decision {
  return { kind: "refused", no: { code, ...(detail !== undefined && { detail }) } };
}

function answerOf(decision: Decision): OfferAnswer {
  if (decision.kind === "offer") return decision;
  return { kind: "refused", reason: decision.no.code };
}
