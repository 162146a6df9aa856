import {
  AVAILABLE,
  auditDraw,
  bondOf,
  DELIVERY_INDEX,
  panelEndOf,
  panelIdOf,
  UNAVAILABLE,
} from "@deco-network/sdk";
import { type Hex, isAddressEqual } from "viem";

import type { DisputeRecord, PanelEvidence } from "../evidence/fold-disputes.ts";
import type { SeatEvidence } from "../evidence/fold-seats.ts";
import { trustAfter } from "../evidence/provider-history.ts";
import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";
import { checkTicket, type SeedReader } from "./check-seats.ts";
import { checkVotes } from "./check-votes.ts";
import { settlingSeatOf } from "./settling-seat.ts";

/**
 * Every dispute was opened in its time, with its bond, by who may, or by the draw; every panel was drawn from
 * fresh providers, voted by heads, and paid and punished its judges as it should.
 */
export async function checkDisputes(
  evidence: TaskEvidence,
  seedOf: SeedReader,
  list: CheckList,
): Promise<void> {
  if (!evidence.accepted) return;
  await checkAudit(evidence, seedOf, list);
  for (const dispute of evidence.disputes) checkOpening(evidence, dispute, list);
  for (const panel of evidence.panels) {
    const [round] = panel.rounds;
    const seed =
      round && panel.seats.length > 0 ? await seedOf(BigInt(round.seedBlock)) : undefined;
    checkPanel(evidence, panel, seed, list);
  }
}

/** Who the escrow's panel was due for got it, and nobody else. */
async function checkAudit(
  { taskId, request, accepted, auditSeedBlock, disputes, panels, settled, ended }: TaskEvidence,
  seedOf: SeedReader,
  list: CheckList,
): Promise<void> {
  if (request.auditBps === 0 || !accepted) return;
  const over = settled !== undefined || ended !== undefined;
  const audit = disputes.find(({ kind }) => kind === "audit");
  if (!over && !audit) return;
  const seed = await seedOf(BigInt(auditSeedBlock ?? accepted.block + 1n));
  if (seed === undefined) {
    list.skip("dispute", "audit-drawn", "the seed of the draw is out of reach");
    return;
  }
  const { drawn, leaf } = auditDraw(seed, taskId, request);
  if (audit) {
    list.holds("dispute", "audit-drawn", drawn, "the draw did not send it to a panel", "audit");
    list.equal("dispute", "audit-item", leaf, audit.leaf, "audit");
    return;
  }
  const judged = (index: number) => panels.some((each) => each.index === index && each.decided);
  const spared = disputes.some((each) => each.leaf === leaf && judged(each.index));
  list.holds("dispute", "audit-held", !drawn || spared, "the draw wanted a panel that never sat");
}

function checkOpening(
  { request, terms, accepted, panels }: TaskEvidence,
  { index, kind, leaf, claimant, bond, openedAt, second }: DisputeRecord,
  list: CheckList,
): void {
  const of = `dispute ${index}`;
  list.equal("dispute", "dispute-bond", bondOf(request, terms), bond, of);
  list.holds("dispute", "dispute-item", leaf < request.volume, `item ${leaf}`, of);
  const windows = { appeal: request.challengeWindow, delivery: request.deliveryWindow };
  if (kind === "appeal" || kind === "delivery") {
    const elapsed = openedAt - (accepted?.at ?? Number.NaN);
    const inTime = elapsed >= 0 && elapsed <= windows[kind];
    list.holds("dispute", "dispute-in-window", inTime, `opened ${elapsed} s after acceptance`, of);
  }
  if (kind === "delivery") {
    const own = isAddressEqual(claimant, request.requester);
    list.holds("dispute", "dispute-claimant", own, `${claimant} is not the requester`, of);
  }
  const first = panels.find((panel) => panel.index === index && panel.level === 1);
  list.holds("dispute", "dispute-panel", first !== undefined, "no panel was opened", of);
  if (second) {
    list.equal("dispute", "second-bond", bondOf(request, terms, 2), second.bond, of);
    const elapsed = second.at - (first?.endedAt ?? Number.NaN);
    const inTime = first?.decided !== undefined && elapsed <= request.challengeWindow;
    list.holds("dispute", "second-in-window", inTime, `${elapsed} s after the decision`, of);
  }
}

function checkPanel(
  evidence: TaskEvidence,
  panel: PanelEvidence,
  seed: Hex | undefined,
  list: CheckList,
): void {
  const { taskId, request, terms, panels } = evidence;
  const { panelId, index, level, rounds, seats } = panel;
  const of = `panel ${level} of dispute ${index}`;
  const [round] = rounds;
  const size = level === 1 ? terms.panelSeats : terms.widePanelSeats;
  list.equal("panel", "panel-id", panelIdOf(taskId, index, level), panelId, of);
  list.equal("panel", "panel-size", size, round?.wanted, of);
  list.holds("panel", "panel-seats", seats.length <= size, `${seats.length} of ${size}`, of);
  const earlier = panels.find((each) => each.index === index && each.level < level)?.seats ?? [];
  const barred = new Set([...evidence.seats, ...earlier].map(({ provider }) => provider));
  for (const seat of seats) {
    const judge = `provider ${seat.provider}, ${of}`;
    const fresh = !barred.has(seat.provider);
    list.holds("panel", "judge-fresh", fresh, "it sat in this task or dispute before", judge);
    list.equal("panel", "judge-trust", seat.trustBefore?.trust ?? "no identity", seat.trust, judge);
    const flat = seat.priceFraction === 0n && !seat.early;
    list.holds("panel", "judge-terms", flat, "a judge earns a flat price and no trust", judge);
    const elapsed = seat.takenAt - (round?.openedAt ?? Number.NaN);
    const inWindow = elapsed >= 0 && elapsed <= request.claimWindow;
    list.holds("panel", "judge-in-window", inWindow, `taken ${elapsed} s after the opening`, judge);
    if (!round) continue;
    const drawing = { taskId: panelId, since: panel.openedAt, totalStake: panel.totalStake };
    checkTicket({ ...drawing, request, seat, round, elapsed, seed, subject: "panel" }, list);
  }
  checkVotes({ ...evidence, taskId: panelId, seats, rounds }, list);
  if (panel.decided || panel.failed) checkEnd(evidence, panel, of, list);
}

function checkEnd(
  { request, terms }: TaskEvidence,
  { panelId, index, rounds, seats, decided, failed, endedAt = 0 }: PanelEvidence,
  of: string,
  list: CheckList,
): void {
  const filled = rounds[0]?.filledAt !== undefined;
  const decision = decided?.decision;
  const judges = seats.map(settlingSeatOf);
  const end = panelEndOf({ panelId, request, terms, seats: judges, decision, filled });
  if (decided) {
    list.equal("panel", "panel-heads", end.agreeing, decided.agreeing, of);
    list.equal("panel", "panel-committed", end.committed, decided.committed, of);
    const most = end.agreeing * 2 > end.committed;
    list.holds("panel", "panel-majority", most, `${end.agreeing} of ${end.committed} heads`, of);
    if (index === DELIVERY_INDEX) {
      const known = decision === AVAILABLE || decision === UNAVAILABLE;
      list.holds("panel", "panel-decision", known, `${decision} is no answer`, of);
    }
  } else {
    list.equal("panel", "panel-filled", filled, failed?.filled, of);
  }
  for (const verdict of end.verdicts) {
    const seat = seats.find(({ provider }) => provider === verdict.provider);
    checkJudge(verdict, seat, decided !== undefined, `provider ${verdict.provider}, ${of}`);
  }

  /** Trust falls for faults against a decision, and never rises. */
  function checkJudge(
    verdict: (typeof end.verdicts)[number],
    seat: SeatEvidence | undefined,
    moves: boolean,
    judge: string,
  ): void {
    const found = seat?.end;
    if (!found?.before) {
      list.holds("panel", "judge-ended", false, "no event ends this seat", judge);
      return;
    }
    list.equal("panel", "judge-outcome", verdict.outcome, found.outcome, judge);
    list.equal("panel", "judge-paid", verdict.paid, found.paid, judge);
    list.equal("panel", "judge-slashed", verdict.slashed, found.slashed, judge);
    const after = moves
      ? trustAfter(found.before, verdict.outcome, false, terms, endedAt)
      : found.before;
    list.equal("panel", "judge-trust-index", after.trust, found.trust, judge);
    list.equal("panel", "judge-trust-debt", after.debt, found.debt, judge);
  }
}
