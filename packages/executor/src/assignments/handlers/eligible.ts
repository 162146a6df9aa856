import { claimsOpenAt } from "@deco-network/sdk";

import { isPriced, minimumPrice, refuseStanding } from "../../services/decide.ts";
import { drawOf } from "../../services/draw-of.ts";
import { workOf } from "../../services/judge-price.ts";
import { pricedAfter } from "../../services/priced-after.ts";
import {
  absent,
  closedGate,
  progressOf,
  promised,
  queueAgain,
  refuseKey,
  runsOf,
  takenUp,
} from "../common-steps.ts";
import {
  type Handler,
  type HandlerContext,
  move,
  type Overview,
  type Step,
  wait,
} from "../context.ts";
import { awaitsUnseated, unseatedUntil } from "../prove-steps.ts";

/** Waits for the own ticket, for a price worth it and for room, then claims. */
export const eligible: Handler = async (context) => {
  const { key, request, market, identity, memory, calls } = context;
  const overview = await context.overview();
  const binding = promised(context, overview) ?? takenUp(context, overview);
  if (binding) return binding;
  const closed = closedGate(context);
  if (closed) return closed;
  const { phase, now } = overview;
  if (phase.name === "absent") return absent(context);
  if (overview.policyGone) return move("lost", { reason: "policy-removed" });
  if (awaitsUnseated(context, overview)) return await withoutSeat(context, overview);
  if (phase.name !== "open" || phase.task.round !== key.round) return refill(context, overview);

  const provider = await market.provider(identity.provider);
  const standing = refuseStanding(request, provider, phase.task.postedAt);
  if (standing) return move("lost", { reason: standing });

  const seed = await market.seed(phase.task.seedBlock);
  if (seed.status === "unknown") return await proveSeed(context, phase.task.seedBlock);
  if (seed.status === "lost") {
    const pending = progressOf(context, "reseed").kind === "pending";
    if (phase.task.reseeded || pending) return wait(now, "seed-unknown");
    return queueAgain(context, calls.reseed(key, request));
  }
  const drawn = drawOf(context, phase.task, provider, seed.seed);
  if (drawn === undefined) return move("lost", { reason: "not-drawn" });
  const priced = pricedAfter(request, await priceOf(context));
  if (priced === undefined || priced > request.claimWindow) {
    return move("lost", { reason: "price-too-low" });
  }
  const from = claimsOpenAt(phase.task.openedAt, request) + Math.max(drawn, priced);
  if (now < from) return wait(from, drawn >= priced ? "own-ticket" : "price-rising");
  const unfit = await refuseKey(context, provider, now);
  if (unfit) return move("lost", { reason: unfit });
  const crowded = await roomFor(context, now);
  if (crowded) return crowded;
  delete memory.crowded;
  return move("claiming", { also: [calls.claim(key, request)] });
};

/** Waits until a proof is taken from whoever has no seat, and for a price worth it, then makes one. */
async function withoutSeat(context: HandlerContext, { phase, now }: Overview): Promise<Step> {
  const { request } = context;
  if (!("task" in phase)) return wait(now);
  if (request.replicas > 0 && phase.name === "executing") {
    return wait(phase.closesAt + 1, "rescue-awaited");
  }
  // A rescuer gets the price of the seat.
  const priced = request.replicas > 0 ? 0 : pricedAfter(request, await priceOf(context));
  if (priced === undefined) return move("lost", { reason: "price-too-low" });
  const from = phase.task.openedAt + priced;
  if (now < from) return wait(from, "price-rising");
  const until = unseatedUntil(context, phase) ?? now;
  return (await roomFor(context, now, until - now)) ?? move("running");
}

/** Takes the work on unless what is accepted already leaves no time for it; it may at a later head. */
async function roomFor(
  context: HandlerContext,
  now: number,
  seconds?: number,
): Promise<Step | undefined> {
  const { backlog, key, memory, panel, request } = context;
  const crowded = await backlog.admit(key, {
    ...{ request, runs: runsOf(context), class: panel ? "duty" : "seat" },
    ...(seconds !== undefined && { seconds }),
  });
  if (!crowded) return undefined;
  memory.crowded = crowded.no;
  return wait(now, crowded.wait, crowded.detail);
}

/** What the seat is worked for at least. */
async function priceOf(context: HandlerContext): Promise<bigint> {
  const { request, config, runner, signal } = context;
  const runs = runsOf(context);
  const program =
    runs > 0 && isPriced(request, config) ? await runner.program(request, { signal }) : undefined;
  const minimum = minimumPrice(request, config, program && workOf(program, runs));
  return minimum ?? request.maxPrice + 1n;
}

/** Blocks after which a seed that needs no proof is known anyway. */
const SEED_BLOCKS = 2;
/** Executors that wait for the same seed prove it in turns, drawn by their ids. */
const SEED_TURNS = 4;

/** On public chains somebody has to prove the header that a seed comes from; once serves all. */
async function proveSeed(context: HandlerContext, seedBlock: number): Promise<Step> {
  const { identity, key, market } = context;
  const { number, timestamp } = context.head();
  const turn = (seedBlock + identity.provider) % SEED_TURNS;
  if (number < seedBlock + SEED_BLOCKS + turn) return wait(timestamp, "seed-unknown");
  // Proven by somebody else meanwhile, or by another task of ours.
  const progress = progressOf(context, "seed");
  if (progress.kind === "pending" || progress.kind === "done") {
    return wait(timestamp, "seed-unknown");
  }
  const proof = await market.seedProof(seedBlock);
  if (!proof) return wait(timestamp, "seed-unknown");
  return queueAgain(context, { kind: "transaction-queued", key, purpose: "seed", ...proof });
}

/** The round is full: a seat comes free only while somebody may still decline. */
async function refill(context: HandlerContext, { phase, now }: Overview): Promise<Step> {
  const { key, request, market, memory } = context;
  if (phase.name !== "executing" || phase.task.round !== key.round) {
    return move("lost", { reason: memory.crowded ?? `task-${phase.name}` });
  }
  const terms = await market.terms(phase.task.parameters);
  const until = Math.min(
    claimsOpenAt(phase.task.openedAt, request) + request.claimWindow,
    phase.task.phaseAt + terms.declineGrace,
  );
  return now <= until
    ? wait(until + 1, "seat-declinable")
    : move("lost", { reason: memory.crowded ?? "seats-taken" });
}
