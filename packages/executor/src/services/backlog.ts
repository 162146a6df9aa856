import { DELIVERY_INDEX, type ProgramDocument, type Request } from "@deco-network/sdk";
import { needOf } from "@deco-network/sdk/capacity";
import type { Hash } from "viem";
import type { ProviderIdentity } from "../assignments/context.ts";
import { OCCUPYING_STATES } from "../assignments/states.ts";
import { forecast, type Job, type Underway } from "../capacity/forecast.ts";
import type { Rank, RunClass } from "../capacity/next-run.ts";
import { fitAtOnce, place, type Resources, take } from "../capacity/resources.ts";
import { runSeconds } from "../capacity/run-seconds.ts";
import type { RunTimes } from "../capacity/run-times.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import type { Journal } from "../journal/journal.ts";
import type { BlockRow, SeatKey } from "../journal/transition.ts";
import { panelOf } from "../market/panel.ts";
import { decodeRequest } from "../market/request.ts";
import { type JudgeProgram, TaskRefusal } from "./fetch-task.ts";
import type { OfferBook } from "./offers/offer-book.ts";
import type { Runner } from "./runner.ts";

export interface BacklogOptions {
  readonly config: Pick<ExecutorConfig, "capacity" | "timing" | "policy">;
  readonly identity: ProviderIdentity;
  readonly journal: Pick<Journal, "assignmentsIn" | "offer">;
  readonly runner: Pick<Runner, "program" | "machine" | "free" | "underway" | "left">;
  readonly times: RunTimes;
  readonly book: OfferBook;
  readonly head: () => BlockRow;
}

/** What a task would have this machine do. */
export interface Work {
  readonly request: Request;
  /** Runs of the program: items of a bag, one for a judge, none where nothing runs. */
  readonly runs: number;
  /** For how long from now the runs may go on; absent: as the commit window allows. */
  readonly seconds?: number;
  readonly class: RunClass;
}

/** Why nothing more is taken on now. */
export interface Crowded {
  readonly wait: "capacity-awaited" | "backlog-awaited";
  /** The same for somebody who will not ask again. */
  readonly no: "capacity-full" | "backlog-full";
  readonly detail?: string;
}

interface Admitted {
  readonly work: Work;
  /** Number of the head at which it was. */
  readonly at: number;
}

const MOST_PROGRAMS = 1_000;
/** Documents of accepted tasks are on this machine. */
const READ_MILLIS = 2_000;
/** Blocks within which what was admitted stands in the journal. */
const ADMITTED_BLOCKS = 2;
const ETHER = 10n ** 18n;

/**
 * Keeps what is accepted within what can be done in time: runs that are under way, and those of tasks that are claimed, held or
 * promised, are foreseen in the order in which they would begin. Nothing is admitted that would make any of them, or itself, late.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #programs = new Map<Hash, ProgramDocument>();
  /** Admitted, and perhaps not journaled yet: several look at the same moment. */
  readonly #admitted = new Map<Hash, Admitted>();

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Leaves programs whose runs would not end in time on this machine if nothing else ran. */
  judge({ request, runs }: Pick<Work, "request" | "runs">): JudgeProgram {
    return (program) => {
      const { runner } = this.#options;
      if (runs === 0) return;
      const work = { request, runs, class: "seat" } as const;
      const job = this.#job(work, program);
      const [end = 0] = forecast(runner.machine, [], [job]);
      // What does not fit at all is refused by what it lacks.
      if (end <= job.rank.deadline || end === Number.POSITIVE_INFINITY) return;
      throw new TaskRefusal(
        "deadline-unreachable",
        `${runs} runs of some ${seconds(job.millis)} s take ${seconds(end)} s here; there are ${seconds(job.rank.deadline)} s.`,
      );
    };
  }

  /** Takes work on, or says why not now. Whoever is admitted must take the seat at once, or is forgotten. */
  async admit({ task }: SeatKey, work: Work): Promise<Crowded | undefined> {
    const accepted = this.#accepted(task);
    await this.#learn([work, ...accepted.values()]);
    const { config, book, head } = this.#options;
    // From here on nothing is waited for: what is decided is so for all who look.
    const others = this.#accepted(task);
    const promised = book.promised();
    const unseen = [...this.#admitted.keys()].filter(
      (each) => each !== task && !promised.has(each),
    ).length;
    if (book.occupied(task) + unseen >= config.capacity.tasks) {
      return { wait: "capacity-awaited", no: "capacity-full" };
    }
    const late = this.#late([...others.values(), work]);
    if (late !== undefined) return { wait: "backlog-awaited", no: "backlog-full", detail: late };
    this.#admitted.set(task, { work, at: head().number });
    return undefined;
  }

  /** How urgent a seat's runs are. */
  async rank(key: SeatKey, work: Work, deadline: number): Promise<Rank> {
    await this.#learn([work]);
    return { class: work.class, deadline, perSecond: this.#perSecond(key, work) };
  }

  /** Seconds after which all that is accepted is expected to have run, as far as it is known. */
  get seconds(): number {
    const { runner } = this.#options;
    const underway = this.#underway();
    const ends = forecast(runner.free(), underway, this.#jobs([...this.#accepted().values()]));
    const last = [...ends, ...underway.map(({ leftMillis }) => leftMillis)].filter(Number.isFinite);
    return Math.max(0, ...last) / 1_000;
  }

  /** What is free and stays so when the runs begin of all that is held; what is only promised may never come. */
  spare(): Resources {
    const { runner, book } = this.#options;
    const promised = book.promised();
    const held = [...this.#accepted()].filter(([task]) => !promised.has(task));
    let left = runner.free();
    for (const { need, runs } of this.#jobs(held.map(([, work]) => work))) {
      for (let run = 0; run < runs; run++) {
        const placement = place(left, need);
        if (placement.kind === "short") break;
        left = take(left, placement.holding);
      }
    }
    return left;
  }

  /** What would come too late, in words; undefined if nothing would. */
  #late(all: readonly Work[]): string | undefined {
    const jobs = this.#jobs(all);
    const ends = forecast(this.#options.runner.free(), this.#underway(), jobs);
    const late = jobs.flatMap((job, index) => {
      const end = ends[index] ?? 0;
      return end > job.rank.deadline ? [{ end, deadline: job.rank.deadline }] : [];
    });
    const [first] = late;
    if (!first) return undefined;
    const end = Number.isFinite(first.end) ? `${seconds(first.end)} s` : "longer";
    return `With it ${late.length} of ${all.length} tasks would run too long: ${end} instead of ${seconds(first.deadline)} s.`;
  }

  /** Tasks that are claimed, held, promised or just admitted, as far as they have runs that have not begun. */
  #accepted(except?: Hash): Map<Hash, Work> {
    const { identity, journal, book, head } = this.#options;
    const accepted = new Map<Hash, Work>();
    for (const [task, request] of book.promised(except)) {
      accepted.set(task, { request, runs: request.volume, class: "seat" });
    }
    for (const { key, request: encoded } of journal.assignmentsIn(OCCUPYING_STATES)) {
      this.#admitted.delete(key.task);
      if (key.task === except) continue;
      const request = decodeRequest(encoded);
      const panel = panelOf(key.task, request, identity);
      const runs = panel ? Number(panel.index !== DELIVERY_INDEX) : request.volume;
      accepted.set(key.task, { request, runs, class: panel ? "duty" : "seat", ...this.#rest(key) });
    }
    for (const [task, { work, at }] of this.#admitted) {
      if (head().number - at > ADMITTED_BLOCKS) this.#admitted.delete(task);
      else if (task !== except) accepted.set(task, work);
    }
    return accepted;
  }

  /** What is known better of a task that is being run. */
  #rest({ task }: SeatKey): Partial<Work> {
    const { runner, head } = this.#options;
    const left = runner.left(task);
    if (!left) return {};
    const { runs, rank } = left;
    const { class: kind, deadline = Number.MAX_SAFE_INTEGER } = rank ?? {};
    return { runs, seconds: deadline - head().timestamp, ...(kind && { class: kind }) };
  }

  #jobs(all: readonly Work[]): Job[] {
    return all.flatMap((work) => {
      const program = this.#programs.get(work.request.program);
      return program && work.runs > 0 ? [this.#job(work, program)] : [];
    });
  }

  #job({ request, runs, seconds: given, class: kind }: Work, program: ProgramDocument): Job {
    const { config, runner, times } = this.#options;
    const within = given ?? runSeconds(request.commitWindow, config.timing.commitMargin);
    const need = needOf({ program }, runner.machine);
    const turns = Math.ceil(runs / Math.max(1, fitAtOnce(runner.machine, need)));
    // Its requester knows it better than its limits do, and thinks that the window is enough.
    const guess = (within * 1_000) / turns / 2;
    return {
      ...{ need, runs, millis: times.expected(request.program, program, guess) },
      rank: { class: kind, deadline: within * 1_000, perSecond: 0 },
    };
  }

  /** One that takes longer than expected is expected to take as long again. */
  #underway(): Underway[] {
    const now = performance.now();
    return this.#options.runner.underway.map(({ holding, since, millis }) => {
      const took = now - since;
      return { holding, leftMillis: took < millis ? millis - took : took };
    });
  }

  async #learn(all: readonly Work[]): Promise<void> {
    const { runner } = this.#options;
    for (const { request } of all) {
      if (this.#programs.has(request.program)) continue;
      const options = { signal: AbortSignal.timeout(READ_MILLIS), offline: true };
      // One that cannot be read is not foreseen; it is fetched again before it runs.
      const program = await runner.program(request, options).catch(() => undefined);
      if (this.#programs.size >= MOST_PROGRAMS) this.#programs.clear();
      if (program) this.#programs.set(request.program, program);
    }
  }

  /** What a second of the seat's runs earns at least: in wei where the token has a rate, else in the token's base units. */
  #perSecond({ task }: SeatKey, { request, runs }: Work): number {
    const { config, journal, times } = this.#options;
    const program = this.#programs.get(request.program);
    if (!program || runs === 0) return 0;
    const price = journal.offer(task)?.price ?? request.minPrice;
    const rates = config.policy.pricing?.tokens;
    const [, rate = 0n] =
      Object.entries(rates ?? {}).find(
        ([token]) => token.toLowerCase() === request.token.toLowerCase(),
      ) ?? [];
    const worth = !rates ? price : rate > 0n ? (price * ETHER) / rate : 0n;
    return (Number(worth) * 1_000) / (runs * times.expected(request.program, program));
  }
}

function seconds(millis: number): string {
  return (millis / 1_000).toFixed(1);
}
