import {
  auditDraw,
  bondOf,
  DecoContractError,
  eventsNamed,
  panelIdOf,
  type Request,
  taskEscrowOf,
} from "@deco-network/sdk";
import { type Hex, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acceptedTask, operatorOf, voteFor } from "./support/accepted-task.ts";
import {
  digestOf,
  type MarketNetwork,
  requestFor,
  STAKE,
  startMarketNetwork,
} from "./support/market-network.ts";

const TRUTH = digestOf("the true result");
const LIE = digestOf("what three colluders agreed on");
const CHALLENGE = 300;

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(12);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DecoContractError) return error.code;
    throw error;
  }
  return "none";
}

const operator = (provider: number) => operatorOf(network, provider);

function accepted(result: Hex, changes: Partial<Request> = {}) {
  return acceptedTask(network, result, { challengeWindow: CHALLENGE, ...changes });
}

describe("panels", () => {
  test("three colluders win a first vote, an honest auditor appeals, and the truth stands", async () => {
    const { request, taskId, settled } = await accepted(LIE);
    expect(settled).toMatchObject({ result: LIE, final: false, refund: 0n });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "accepted", result: LIE, disputes: [] },
    });
    const auditor = operator(12);
    const token = network.devnet.addresses.token;
    const { task: terms } = await network.reader.getParameters();
    const before = await network.reader.getProvider({ provider: 1 });

    const appeal = await auditor.appeal({ request });
    expect(appeal).toMatchObject({ index: 0, bond: bondOf(request, terms) });
    const panelId = panelIdOf(taskId, 0, 1);
    const open = { status: "open", wanted: terms.panelSeats, round: 1 };
    expect(await network.reader.getTask({ taskId: panelId })).toMatchObject(open);
    expect(await network.reader.getDispute({ taskId, index: 0 })).toMatchObject({
      ...{ kind: "appeal", status: "voting", level: 1, panelId, item: LIE },
      bond: { account: auditor.address, amount: appeal.bond, spent: 0n },
    });
    expect(await codeOf(operator(11).appeal({ request }))).toBe("LeafDisputed");
    await network.pass(1);
    await network.pass(1);
    expect(await codeOf(operator(1).claimPanel({ request, index: 0 }))).toBe("AlreadySeated");
    await voteFor(network, panelId, request, [4, 5, 6], TRUTH, async (p) => {
      expect(await operator(p).claimPanel({ request, index: 0 })).toMatchObject({ panelId });
    });
    const roster = [4, 5, 6];
    const lie = network.requester.decide({ request, index: 0, roster, decision: LIE });
    expect(await codeOf(lie)).toBe("PanelUndecided");
    const decided = await network.requester.decide({ request, index: 0, roster, decision: TRUTH });
    expect(decided).toMatchObject({ agreeing: 3, committed: 3 });
    expect(await network.reader.getDispute({ taskId, index: 0 })).toMatchObject({
      ...{ status: "decided", decision: TRUTH, heads: 3 },
    });
    const early = network.requester.finalize({ request, roster: [1, 2, 3] });
    expect(await codeOf(early)).toBe("ChallengeWindowOpen");

    await network.pass(CHALLENGE + 1);
    await operator(12).finalize({ request, roster: [1, 2, 3] });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "settled", result: TRUTH.slice(0, 2 + 52) },
    });
    const proof = { taskId, index: 0, item: TRUTH, proof: [] };
    expect(await network.reader.verifyResult(proof)).toMatchObject({ accepted: true });
    const after = await network.reader.getProvider({ provider: 1 });
    expect(before.stake.active - after.stake.active).toBe(parseEther("50"));
    expect(after.locked).toBe(0n);
    const held = await network.reader.getMarketBalance({ token, account: auditor.address });
    // The whole bond, a bounty as large, and the fee of the last call.
    expect(held).toBe(2n * appeal.bond + request.settlementFee);
    for (const provider of roster) {
      const earned = await network.reader.getEarnings({ provider, token });
      expect(earned).toBe(request.panelPrice);
    }
    const events = await network.reader.getTaskEvents({ taskId });
    const [final] = eventsNamed(events, "TaskFinalized");
    expect(final?.args).toMatchObject({ result: TRUTH, overturned: true });
  });

  test("a result without objections is final after its window", async () => {
    const { request, taskId } = await accepted(TRUTH);
    await network.pass(CHALLENGE + 1);
    expect(await codeOf(operator(12).appeal({ request }))).toBe("ChallengeWindowClosed");
    await network.requester.finalize({ request, roster: [1, 2, 3] });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      status: "settled",
      agreeing: 3,
    });
  });

  test("a panel to which nobody comes changes nothing", async () => {
    const { request, taskId } = await accepted(TRUTH, { deliveryWindow: CHALLENGE });
    const { index, bond } = await network.requester.undelivered({ request });
    await network.pass(request.claimWindow + 1);
    await operator(12).escalatePanel({ request, index, roster: [] });
    expect(await network.reader.getDispute({ taskId, index })).toMatchObject({
      ...{ kind: "delivery", status: "closed" },
      bond: { amount: bond, spent: request.settlementFee },
    });
    await network.pass(CHALLENGE + 1);
    await network.requester.finalize({ request, roster: [1, 2, 3] });
    expect(await network.reader.getTask({ taskId })).toMatchObject({ status: "settled" });
  });

  test("an audit is drawn by the seed, and paid by the escrow", async () => {
    const { task: terms } = await network.reader.getParameters();
    const { request, taskId } = await accepted(TRUTH, { challengeWindow: 0, auditBps: 1_000 });
    const task = await network.reader.getTask({ taskId });
    if (task.status !== "accepted") throw new RangeError(task.status);
    await network.pass(1);
    await network.pass(1);
    const seed = await network.reader.getSeed({ seedBlock: task.seedBlock });
    if (seed.status !== "known") throw new RangeError(seed.status);
    const { drawn, leaf } = auditDraw(seed.seed, taskId, request);
    expect(leaf).toBe(0);
    const refused = drawn ? "AuditDue" : "NotDrawnForAudit";
    const refusal = drawn
      ? network.requester.finalize({ request, roster: [1, 2, 3] })
      : network.requester.audit({ request });
    expect(await codeOf(refusal)).toBe(refused);
    const base = taskEscrowOf({ ...request, auditBps: 0 }, terms);
    expect(taskEscrowOf(request, terms) - base).toBe(bondOf(request, terms));
  });

  test("no request is accepted that panels could not judge", async () => {
    const request = await requestFor(network, {
      ...{ maxReplicas: 6, challengeWindow: CHALLENGE, panelPrice: parseEther("5") },
    });
    expect(await codeOf(network.requester.post({ request }))).toBe("TooFewIdentities");
    const dear = { ...request, maxReplicas: 3, panelPrice: STAKE };
    expect(await codeOf(network.requester.post({ request: dear }))).toBe("PanelsNotCovered");
  });
});
