import { heldWordOf, isOrder } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import type { Address, PublicClient } from "viem";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** `TaskStatus` of the contracts. */
const SETTLED = 4;
const ENDED = 5;
const ACCEPTED = 6;
/** Bytes of the result that the market keeps. */
const KEPT = 26;

/** What the market itself says about the task agrees with its events. */
export async function checkOutcome(
  evidence: TaskEvidence,
  client: PublicClient,
  market: Address,
  list: CheckList,
): Promise<void> {
  const { settled, ended, request, taskId } = evidence;
  if (isOrder(request)) {
    await checkNonce(evidence, client, market, list);
    await checkHeld(evidence, client, market, list);
    return;
  }
  const outcome = await client.readContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "getOutcome", args: [taskId] },
  });
  if (ended) {
    list.equal("outcome", "outcome-status", ENDED, outcome.status);
    return;
  }
  if (!settled) {
    const running = outcome.status < SETTLED || outcome.status === ACCEPTED;
    list.holds("outcome", "outcome-status", running, `the market says ${outcome.status}`);
    return;
  }
  const voted = evidence.seats.filter((seat) => seat.end?.outcome === "agreed").length;
  // Behind a result that panels put there stand their heads too.
  const agreed = voted + (settled.overturned ? headsBehind(evidence, settled.result) : 0);
  const dissent = (request.lock * BigInt(request.dissentBps)) / 10_000n;
  const budget = (BigInt(agreed) * dissent) / 10n ** 18n;
  list.equal("outcome", "outcome-status", SETTLED, outcome.status);
  list.equal("outcome", "outcome-result", settled.result.slice(0, 2 + 2 * KEPT), outcome.result);
  list.equal("outcome", "outcome-agreeing", agreed, outcome.agreeing);
  list.equal("outcome", "outcome-security-budget", budget, BigInt(outcome.securityBudget));
}

/** Of an order the market keeps the nonce, which no other order can use. */
async function checkNonce(
  { request: { requester, nonce } }: TaskEvidence,
  client: PublicClient,
  market: Address,
  list: CheckList,
): Promise<void> {
  const used = await client.readContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "orderNonces" },
    args: [requester, nonce >> 8n],
  });
  const isUsed = ((used >> (nonce & 0xffn)) & 1n) === 1n;
  list.holds("outcome", "order-nonce", isUsed, `the market says that nonce ${nonce} is free`);
}

/** Of a hold the market keeps a digest, in the word of its reserve, for as long as nobody proves or drops the order. */
async function checkHeld(
  { taskId, held, settled, ended }: TaskEvidence,
  client: PublicClient,
  market: Address,
  list: CheckList,
): Promise<void> {
  if (!held) return;
  const { provider, index } = held.hold;
  const word = await client.readContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "reserveOf" },
    args: [provider, index],
  });
  const holds = word === heldWordOf(taskId, held.word);
  const running = !settled && !ended;
  const detail = `the market says that it is ${holds ? "still" : "not"} held`;
  list.holds("outcome", "order-hold", holds === running, detail, `provider ${provider}`);
}

/** The contracts take the last dispute's by number, and of it the last panel's. */
function headsBehind({ panels }: TaskEvidence, result: string): number {
  const behind = panels
    .filter(({ decided }) => decided?.decision === result)
    .sort((a, b) => a.index - b.index || a.level - b.level);
  return Number(behind.at(-1)?.decided?.agreeing ?? 0n);
}
