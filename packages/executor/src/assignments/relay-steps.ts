import { type BallotsHeld, MIN_RELAYED_WINDOW } from "@deco-network/p2p";
import { commitmentOf, seatsOfFold, votePrefix } from "@deco-network/sdk";
import type { Hash, Hex } from "viem";

import type { Commitment } from "../journal/rows.ts";
import type { Given, Relayer } from "../services/ballots/ballot-post.ts";
import { openingOf, progressOf, queueAgain, turnAt } from "./common-steps.ts";
import { type HandlerContext, type Overview, type Step, wait } from "./context.ts";

/** Seconds before a deadline that a seat keeps for acting by itself, where its window has so many. */
const OWN_ACT_SECONDS = 36;
/** Seconds after which a ballot is given again: relayers may have been restarted. */
const GIVE_AGAIN_SECONDS = 3;

/**
 * Second from which a seat no longer counts on its relayer: a quarter of the window before its end,
 * in short windows more, but never more than half of it.
 */
export function ownActAt(opensAt: number, closesAt: number): number {
  const window = closesAt - opensAt;
  const kept = Math.min(window / 2, Math.max(window / 4, OWN_ACT_SECONDS));
  return closesAt - Math.ceil(kept);
}

/**
 * Gives the commitment, which is journaled, to the round's relayer. Undefined when the seat is to
 * commit by itself: there is no relayer, it does not want to, or time is getting short.
 */
export async function relayCommitment(
  context: HandlerContext,
  overview: Overview,
  commitment: Hash,
): Promise<Step | undefined> {
  const { ballots, config, key } = context;
  const { phase, now } = overview;
  if (!config.relays || phase.name !== "executing" || key.round !== 1) return undefined;
  if (phase.task.commitWindow < MIN_RELAYED_WINDOW) return undefined;
  const until = ownActAt(phase.task.phaseAt, phase.closesAt);
  if (now >= until) return undefined;
  const place = await placeOf(context, overview);
  if (!place?.relays) return undefined;
  const given = await give(context, place, { key, commitment });
  if (given.kind === "refused") return undefined;
  if (place.relayer === "self") {
    const held = ballots.held(key);
    // Those who run for long commit by themselves: the others' commitments are not held up for them.
    const patience = until - Math.ceil((until - phase.task.phaseAt) / 4);
    if (held.length === place.roster.length || (now >= patience && held.length > 1)) {
      return queueAgain(context, context.roundCalls.commitSigned(key, held));
    }
    return wait(Math.min(now < patience ? patience : until, until));
  }
  return wait(Math.min(now + GIVE_AGAIN_SECONDS, until));
}

/**
 * Shows tag and salt to the round's relayer once every commitment of the round is in a confirmed block,
 * which shows it no more than a reveal would. When all have shown and agree, whoever's turn it is reveals and
 * settles in one. Undefined when the seat is to reveal by itself.
 */
export async function relayReveal(
  context: HandlerContext,
  overview: Overview,
  standing: Commitment,
): Promise<Step | undefined> {
  const { config, key, request } = context;
  const { phase, now } = overview;
  if (!config.relays || phase.name !== "revealing" || key.round !== 1) return undefined;
  const { seats, committed, revealed, revealWindow } = phase.task;
  if (committed !== seats || revealed > 0 || revealWindow < MIN_RELAYED_WINDOW) return undefined;
  if (request.challengeWindow + request.deliveryWindow + request.auditBps > 0) return undefined;
  const until = ownActAt(phase.closesAt - revealWindow, phase.closesAt);
  const progress = progressOf(context, "settle");
  if (now >= until || progress.kind === "failed") return undefined;
  const place = await placeOf(context, overview);
  if (!place) return undefined;
  const { commitment, tag } = standing;
  const shown = { tag, salt: context.salt() };
  const given = await give(context, place, { key, commitment, shown });
  if (given.kind === "refused") return undefined;
  if (given.kind === "held") {
    const opened = await openAll(context, overview, place.roster, given);
    if (opened?.some((ballot) => ballot.tag !== tag)) return undefined;
    if (opened) return await settleAgreed(context, overview, opened, until);
  }
  return wait(Math.min(now + GIVE_AGAIN_SECONDS, until));
}

/** A round and who relays it. */
interface Place {
  readonly roster: readonly number[];
  readonly relayer: Relayer;
  /** The provider that relays, unless the allocator does. */
  readonly provider?: number;
  /** Whether it has not sent the commitments yet. */
  readonly relays: boolean;
}

/** The allocator relays what it opened folded; otherwise the seat with the lowest id does. */
async function placeOf(context: HandlerContext, { fold }: Overview): Promise<Place | undefined> {
  const { assignment, ballots, config, identity, key, market, panel, request } = context;
  if (panel) return undefined;
  if (fold) {
    const listed = config.allocators.find(
      ({ address }) => address.toLowerCase() === request.allocator.toLowerCase(),
    );
    return listed && { roster: fold.roster, relayer: listed, relays: true };
  }
  const roster = await market.roster(key.task, assignment.postedBlock);
  const [provider] = roster;
  if (provider === undefined || roster.length < 2) return undefined;
  if (provider === identity.provider) return { roster, relayer: "self", provider, relays: true };
  const { status } = await market.seat(key.task, provider);
  const relayer = await ballots.find(provider);
  return { roster, relayer, provider, relays: status === "taken" };
}

async function give(
  { ballots }: HandlerContext,
  { relayer, provider }: Place,
  ballot: Parameters<HandlerContext["ballots"]["give"]>[0],
): Promise<Given> {
  const given = await ballots.give(ballot, relayer);
  if (given.kind === "silent" && provider !== undefined) ballots.forget(provider);
  return given;
}

/** One seat's tag and salt, which open its commitment on the chain. */
type Opened = BallotsHeld["shown"][number];

/** What all seats have shown, by the roster; undefined while some are missing, or do not open what the chain has. */
async function openAll(
  { key, market }: HandlerContext,
  { fold }: Overview,
  roster: readonly number[],
  { shown }: BallotsHeld,
): Promise<Opened[] | undefined> {
  const byProvider = new Map(shown.map((ballot) => [ballot.provider, ballot]));
  const ballots = roster.flatMap((provider) => byProvider.get(provider) ?? []);
  if (ballots.length !== roster.length) return undefined;
  const stored = new Map<number, Hex>();
  if (fold) for (const { provider, value } of seatsOfFold(fold)) stored.set(provider, value);
  for (const { provider, tag, salt } of ballots) {
    const value = stored.get(provider) ?? (await market.seat(key.task, provider)).value;
    const of = { taskId: key.task, round: key.round, provider, tag, salt };
    if (votePrefix(commitmentOf(of)) !== value) return undefined;
  }
  return ballots;
}

/** All agree: revealing and settling is one call, and one of them makes it. */
async function settleAgreed(
  context: HandlerContext,
  { fold, now }: Overview,
  opened: readonly Opened[],
  until: number,
): Promise<Step> {
  const { key, request } = context;
  const progress = progressOf(context, "settle");
  if (progress.kind === "pending" || progress.kind === "done") return wait(until);
  const roster = opened.map(({ provider }) => provider);
  const turn = turnAt(context, { what: "settle", round: key.round }, roster, now);
  if (now < turn) return wait(Math.min(turn, until));
  const opening = await openingOf(context);
  if (!opening) return wait(until);
  const salts = opened.map(({ salt }) => salt);
  const agreed = { roster, ...(fold && { fold }) };
  return queueAgain(context, context.roundCalls.settleAgreed(key, request, agreed, opening, salts));
}
