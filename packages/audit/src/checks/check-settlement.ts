import {
  expiryOf,
  proofSettlementOf,
  rejectionOf,
  type Settlement,
  settlementOf,
} from "@deco-network/sdk";
import { encodeAbiParameters, keccak256, sha256, zeroHash } from "viem";
import type { SeatEvidence } from "../evidence/fold-seats.ts";
import { trustAfter } from "../evidence/provider-history.ts";
import type { OpeningEvidence, TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";
import { settlingSeatOf } from "./settling-seat.ts";

/** The vote, every payment and slash, every step of trust, and the refund. */
export function checkSettlement(evidence: TaskEvidence, list: CheckList): void {
  const { settled, ended, accepted } = evidence;
  // How an accepted task ends is another matter.
  if (accepted) {
    checkVote(evidence, accepted, list);
  } else if (settled && evidence.proven) {
    checkOpening(evidence, settled, list);
    checkProof(evidence, settled, evidence.proven, list);
  } else if (settled) {
    checkEnds(evidence, checkVote(evidence, settled, list), settled.refund, list);
  } else if (ended) {
    const filled = evidence.rounds.at(-1)?.filledAt !== undefined;
    const blameless = ended.reason === "policy-removed" || ended.reason === "unjudged";
    const unfilledRound = filled && !blameless ? 0 : evidence.rounds.length;
    checkReason(evidence, list);
    if (ended.reason === "cancelled") return;
    const { terms, request } = evidence;
    const [holder] = ending(evidence).seats;
    if (ended.reason === "rejected" && holder) {
      checkEnds(evidence, rejectionOf({ request, terms, holder }), ended.refund, list);
      return;
    }
    checkEnds(evidence, expiryOf({ ...ending(evidence), unfilledRound }), ended.refund, list);
  }
}

/** What was opened is what enough weight voted for. */
function checkVote(evidence: TaskEvidence, opening: OpeningEvidence, list: CheckList): Settlement {
  checkOpening(evidence, opening, list);
  const settlement = settlementOf({ ...ending(evidence), result: opening.result });
  list.equal("vote", "vote-weight", settlement.count.weight, opening.weight);
  list.equal("vote", "vote-total", settlement.count.total, opening.total);
  const score = `${settlement.count.weight} of ${settlement.count.total}`;
  list.holds("vote", "vote-accepted", settlement.accepted, `the vote stands ${score}`);
  return settlement;
}

/** A result and what it is the digest of. */
export function checkOpening(
  { request }: TaskEvidence,
  { result, root, digest, document }: OpeningEvidence,
  list: CheckList,
): void {
  list.equal("vote", "opening-kind", request.volume > 1, root !== zeroHash);
  const words = [{ type: "bytes32" }, { type: "bytes32" }] as const;
  const opened = root === zeroHash ? digest : keccak256(encodeAbiParameters(words, [root, digest]));
  list.equal("vote", "opening-result", opened, result);
  if (document !== "0x") list.equal("vote", "opening-document", digest, sha256(document));
}

/** A proof pays one provider: the holder of the seat, its rescuer, or the first where there is no seat. */
function checkProof(
  evidence: TaskEvidence,
  settled: NonNullable<TaskEvidence["settled"]>,
  { policy, provider: prover, paid, bounty }: NonNullable<TaskEvidence["proven"]>,
  list: CheckList,
): void {
  const { request, terms, rounds, endedAt = 0 } = evidence;
  const [holder] = ending(evidence).seats;
  const elapsed = endedAt - (rounds[0]?.openedAt ?? endedAt);
  const settlement = proofSettlementOf({ request, terms, holder, prover, elapsed });
  list.equal("vote", "proof-policy", request.policy, policy);
  list.equal("payment", "proof-paid", settlement.paid, paid, `provider ${prover}`);
  list.equal("payment", "proof-bounty", settlement.bounty, bounty, `provider ${prover}`);
  checkEnds(evidence, settlement, settled.refund, list);
}

function checkReason({ ended, seats, rounds }: TaskEvidence, list: CheckList): void {
  if (ended?.reason === "cancelled") {
    const kept = seats.filter((seat) => seat.status !== "declined").length;
    list.holds("outcome", "end-reason", kept === 0, `${kept} seats were taken`);
  } else if (ended?.reason === "unfilled") {
    const [first] = rounds;
    const unfilled = rounds.length === 1 && first?.filledAt === undefined;
    list.holds("outcome", "end-reason", unfilled, "the first round was full");
  }
}

/** What every seat, the owners and the requester got. */
export function checkEnds(
  evidence: TaskEvidence,
  settlement: Settlement,
  refund: bigint,
  list: CheckList,
): void {
  for (const verdict of settlement.verdicts) {
    const of = `provider ${verdict.provider}`;
    const seat = evidence.seats.find(({ provider }) => provider === verdict.provider);
    const end = seat?.end;
    if (!seat || !end) {
      list.holds("payment", "seat-ended", false, "no event ends this seat", of);
      continue;
    }
    list.equal("payment", "seat-outcome", verdict.outcome, end.outcome, of);
    list.equal("payment", "seat-paid", verdict.paid, end.paid, of);
    list.equal("payment", "seat-slashed", verdict.slashed, end.slashed, of);
    checkTrust(evidence, seat, end, list);
  }
  checkRoyalties(evidence, settlement, list);
  list.equal("payment", "refund", settlement.refund, refund);
  list.equal("payment", "compensation", settlement.compensation, evidence.compensation);
}

/** Each owner got its share of the prices, and nobody else any. */
function checkRoyalties(
  { request, royalties }: TaskEvidence,
  settlement: Settlement,
  list: CheckList,
): void {
  const due = [
    { owner: request.programOwner, amount: settlement.royalties.program },
    { owner: request.dataOwner, amount: settlement.royalties.data },
  ].filter(({ amount }) => amount !== 0n);
  const text = (all: TaskEvidence["royalties"]) =>
    all.map(({ owner, amount }) => `${amount} to ${owner}`).join(", ") || "none";
  list.equal("payment", "royalties", text(due), text(royalties));
}

/** Without a result nobody's trust moves. */
function checkTrust(
  { terms, settled, accepted, ended, endedAt }: TaskEvidence,
  seat: SeatEvidence,
  end: NonNullable<SeatEvidence["end"]>,
  list: CheckList,
): void {
  const of = `provider ${seat.provider}`;
  if (!end.before) {
    list.holds("trust", "trust-known", false, "no event registers this provider", of);
    return;
  }
  const after =
    settled || accepted || ended?.reason === "rejected"
      ? trustAfter(end.before, end.outcome, seat.early, terms, endedAt ?? 0)
      : end.before;
  list.equal("trust", "trust-index", after.trust, end.trust, of);
  list.equal("trust", "trust-debt", after.debt, end.debt, of);
}

function ending({ taskId, request, terms, seats, rounds }: TaskEvidence) {
  const kept = seats.filter((seat) => seat.status !== "declined");
  return {
    ...{ taskId, request, terms, rounds: rounds.length },
    seats: kept.map(settlingSeatOf),
  };
}
