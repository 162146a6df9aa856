import {
  AVAILABLE,
  type BondEnd,
  type EndedDispute,
  finalityOf,
  panelEndOf,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { type Address, type Hex, type PublicClient, zeroHash } from "viem";

import type { DisputeRecord } from "../evidence/fold-disputes.ts";
import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";
import { checkEnds } from "./check-settlement.ts";
import { settlingSeatOf } from "./settling-seat.ts";

/** Items that appeals of a bag named, by the dispute's number; no event tells them. */
export type ItemReader = (index: number) => Promise<Hex | undefined>;

/** Items by the market's own word on its disputes. */
export function itemReader(client: PublicClient, market: Address, taskId: Hex): ItemReader {
  return async (index) => {
    const { item } = await client.readContract({
      ...{ address: market, abi: decoMarketAbi, functionName: "getDispute" },
      args: [taskId, BigInt(index)],
    });
    return item === zeroHash ? undefined : item;
  };
}

/** The end of an accepted task: what stands, what every seat, bond and the requester got, and not too early. */
export async function checkFinality(
  evidence: TaskEvidence,
  itemOf: ItemReader,
  list: CheckList,
): Promise<void> {
  const { taskId, request, terms, accepted, settled, ended, lockRate } = evidence;
  if (!accepted || (!settled && !ended)) return;
  checkWindows(evidence, accepted.at, list);
  const disputes: EndedDispute[] = [];
  for (const dispute of evidence.disputes) {
    disputes.push(endedDispute(evidence, dispute, await judgedItem(evidence, dispute, itemOf)));
  }
  const kept = evidence.seats.filter((seat) => seat.status !== "declined").map(settlingSeatOf);
  const finality = finalityOf({
    ...{ taskId, request, terms, seats: kept, rounds: evidence.rounds.length },
    ...{ accepted: accepted.result, lockRate, disputes },
  });
  const fate = settled ? "stands" : ended?.reason;
  list.equal("outcome", "final-fate", finality.fate, fate);
  if (settled) {
    list.equal("outcome", "final-result", finality.result, settled.result);
    list.equal("outcome", "final-overturned", finality.overturned, settled.overturned);
  }
  checkBonds(finality.bonds, evidence.bonds, list);
  checkEnds(evidence, finality, settled?.refund ?? ended?.refund ?? 0n, list);
}

/** Nothing ends while somebody may still object. */
function checkWindows(
  { request, disputes, panels, endedAt = Number.NaN }: TaskEvidence,
  acceptedAt: number,
  list: CheckList,
): void {
  const longest = Math.max(request.challengeWindow, request.deliveryWindow);
  const over = longest === 0 || endedAt > acceptedAt + longest;
  list.holds("outcome", "final-windows", over, `ended ${endedAt - acceptedAt} s after acceptance`);
  for (const { index } of disputes) {
    const of = `dispute ${index}`;
    const last = panels.filter((panel) => panel.index === index).at(-1);
    const ended = last?.endedAt !== undefined;
    list.holds("outcome", "final-panels", ended, "its panel was still open", of);
    if (!last?.decided || last.level === 2 || request.challengeWindow === 0) continue;
    const waited = endedAt - (last.endedAt ?? Number.NaN);
    const closed = waited > request.challengeWindow;
    list.holds("outcome", "final-decision", closed, `ended ${waited} s after the decision`, of);
  }
}

/** What was accepted and is judged. */
async function judgedItem(
  { request, accepted }: TaskEvidence,
  { index, kind, shown }: DisputeRecord,
  itemOf: ItemReader,
): Promise<Hex | undefined> {
  if (kind === "delivery") return AVAILABLE;
  if (request.volume === 1) return accepted?.result;
  return shown ?? (await itemOf(index));
}

function endedDispute(
  { request, terms, panels }: TaskEvidence,
  { index, kind, claimant, bond, second }: DisputeRecord,
  item: Hex | undefined,
): EndedDispute {
  const of = (level: number) =>
    panels.find((panel) => panel.index === index && panel.level === level);
  const spent = (level: number): bigint => {
    const panel = of(level);
    if (!panel || (!panel.decided && !panel.failed)) return 0n;
    const { panelId, seats, rounds } = panel;
    const filled = rounds[0]?.filledAt !== undefined;
    const decision = panel.decided?.decision;
    const judges = seats.map(settlingSeatOf);
    return panelEndOf({ panelId, request, terms, seats: judges, decision, filled }).spent;
  };
  const last = of(2)?.decided ?? of(1)?.decided;
  const own = spent(1) + (second ? 0n : spent(2));
  return {
    ...{ index, item, kind: kind === "none" ? "appeal" : kind },
    ...{ first: of(1)?.decided?.decision, last: of(2)?.decided?.decision },
    heads: Number(last?.agreeing ?? 0n),
    bond: { amount: bond, spent: own, ...(kind !== "audit" && { account: claimant }) },
    ...(second && {
      second: { account: second.account, amount: second.bond, spent: spent(2) },
    }),
  };
}

function checkBonds(
  expected: readonly BondEnd[],
  found: readonly BondEnd[],
  list: CheckList,
): void {
  list.equal("payment", "bonds", expected.length, found.length);
  for (const [i, bond] of expected.entries()) {
    const of = `dispute ${bond.index}, ${bond.account}`;
    const other = found[i];
    list.equal("payment", "bond-of", of, `dispute ${other?.index}, ${other?.account}`, of);
    list.equal("payment", "bond-returned", bond.returned, other?.returned, of);
    list.equal("payment", "bond-awarded", bond.awarded, other?.awarded, of);
  }
}
