import { isHeld, type OrderEnd, type OrderSettlement, orderSettlementOf } from "@deco-network/sdk";

import type { HoldEvidence } from "../evidence/fold-hold.ts";
import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";
import { checkEnds, checkOpening } from "./check-settlement.ts";

/** Who held an order, and what its end paid, took and gave back. */
export function checkOrder(evidence: TaskEvidence, list: CheckList): void {
  const { request, terms, held, settled, ended, proven } = evidence;
  list.equal("request", "order-held", isHeld(request), held !== undefined);
  if (held) checkHold(evidence, held, list);
  const end = endOf(evidence);
  if (end === undefined) return;
  const settlement = orderSettlementOf({ request, terms, end, holder: held?.hold.provider });
  if (settled) checkOpening(evidence, settled, list);
  if (proven) checkProver(evidence, proven, settlement, end, list);
  if (ended) checkDropped(evidence, ended.reason, list);
  checkLoss(held, settlement, list);
  const refund = settled?.refund ?? ended?.refund ?? 0n;
  checkEnds(evidence, { ...settlement, verdicts: [] }, refund, list);
}

/** By the times, which the contracts decide by. */
function endOf({ settled, ended, held, endedAt = 0 }: TaskEvidence): OrderEnd | undefined {
  if (ended) return ended.reason === "policy-removed" ? "policy-removed" : "unproven";
  if (!settled) return undefined;
  return held && endedAt > held.hold.until ? "rescued" : "proven";
}

/** The hold binds a reserve that covers the lock, for the window, by the governed values of its second. */
function checkHold(
  { request, terms }: TaskEvidence,
  { hold, at, version, reserve }: HoldEvidence,
  list: CheckList,
): void {
  const of = `provider ${hold.provider}`;
  list.equal("seat", "hold-until", at + request.commitWindow, hold.until, of);
  list.equal("seat", "hold-version", version, hold.version, of);
  list.equal("seat", "hold-fee", terms.protocolFeeBps, hold.protocolFeeBps, of);
  list.equal("seat", "hold-reserve", reserve ?? "no reserve", hold.amount, of);
  const covered = hold.amount >= request.lock;
  list.holds("seat", "hold-covers-lock", covered, `${hold.amount} of ${request.lock}`, of);
}

/** A holder proves in its time, then anybody else, for as long as the order says. */
function checkProver(
  { request, held, endedAt = 0 }: TaskEvidence,
  { policy, provider, paid, bounty }: NonNullable<TaskEvidence["proven"]>,
  settlement: OrderSettlement,
  end: OrderEnd,
  list: CheckList,
): void {
  const of = `provider ${provider}`;
  list.equal("vote", "proof-policy", request.policy, policy);
  list.equal("payment", "proof-paid", settlement.paid, paid, of);
  list.equal("payment", "proof-bounty", settlement.bounty, bounty, of);
  if (!held) return;
  const { hold } = held;
  const isHolder = provider === hold.provider;
  const detail = `provider ${hold.provider} held it until ${hold.until}, proven at ${endedAt}`;
  list.holds("vote", "proof-prover", isHolder === (end === "proven"), detail, of);
  const closesAt = hold.until + request.revealWindow;
  list.holds("vote", "proof-in-window", endedAt <= closesAt, `proven after ${closesAt}`, of);
}

/** Without a proof an order ends when its windows have passed, or when nobody could prove it. */
function checkDropped(
  { request, held, endedAt = 0 }: TaskEvidence,
  reason: string,
  list: CheckList,
): void {
  if (reason === "policy-removed") return;
  list.equal("outcome", "end-reason", "unproven", reason);
  const closesAt = (held?.hold.until ?? 0) + request.revealWindow;
  list.holds("outcome", "end-in-time", endedAt > closesAt, `ended at ${endedAt} of ${closesAt}`);
}

/** Who did not prove what it held loses its share of the lock, and nobody else anything; trust is not at stake. */
function checkLoss(
  held: HoldEvidence | undefined,
  { verdicts }: OrderSettlement,
  list: CheckList,
): void {
  const lost = held?.lost;
  const [verdict] = verdicts;
  if (!verdict || !lost) {
    const none = verdict === undefined && lost === undefined;
    const detail = verdict ? "no event ends the hold" : "the holder lost what it need not";
    list.holds("payment", "hold-ended", none, detail);
    return;
  }
  const of = `provider ${lost.provider}`;
  list.equal("payment", "hold-ended", verdict.provider, lost.provider, of);
  list.equal("payment", "seat-outcome", verdict.outcome, lost.outcome, of);
  list.equal("payment", "seat-paid", verdict.paid, lost.paid, of);
  list.equal("payment", "seat-slashed", verdict.slashed, lost.slashed, of);
  list.equal("trust", "trust-index", lost.before?.trust ?? "no identity", lost.trust, of);
  list.equal("trust", "trust-debt", lost.before?.debt ?? "no identity", lost.debt, of);
}
