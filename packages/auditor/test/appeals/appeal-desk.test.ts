import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bondOf, eventsNamed, panelIdOf, type Request } from "@deco-network/sdk";
import { createWalletClient, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { acceptedTask, operatorOf, voteFor } from "../../../../test/sdk/support/accepted-task.ts";
import {
  digestOf,
  type MarketNetwork,
  startMarketNetwork,
} from "../../../../test/sdk/support/market-network.ts";
import { AppealDesk } from "../../src/appeals/appeal-desk.ts";
import { AppealFollower } from "../../src/appeals/appeal-follower.ts";
import type { AuditorEvent } from "../../src/events.ts";
import { Journal } from "../../src/journal/journal.ts";

const [TRUTH, LIE] = [digestOf("the truth"), digestOf("a lie")];
const CHALLENGE = 300;
/** Account of the auditor; none of the providers' that vote. */
const AUDITOR = 12;
const never = new AbortController().signal;
const WRONG = { index: 0, accepted: LIE, computed: TRUTH, proof: [] };

describe("appeals within a budget", () => {
  let network: MarketNetwork;
  let folder: string;
  let journal: Journal;
  let events: AuditorEvent[];

  beforeAll(async () => {
    network = await startMarketNetwork(AUDITOR);
  });
  afterAll(() => network?.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deco-auditor-"));
    journal = openJournal();
    events = [];
  });
  afterEach(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });

  const account = () => operatorOf(network, AUDITOR).address;
  const token = () => network.devnet.addresses.token;

  function openJournal(): Journal {
    const { chainId, addresses } = network.devnet;
    const identity = { chainId, market: addresses.market, account: account() };
    return new Journal(join(folder, "journal.sqlite"), identity);
  }

  function plan(of: { readonly taskId: Hex; readonly bond: bigint }): void {
    const rest = { wrong: WRONG, token: token(), nonce: 0 };
    journal.record({ kind: "appeal-planned", plan: { ...of, ...rest } });
  }

  function market() {
    const { accounts, deployment, rpcUrl } = network.devnet;
    const key = privateKeyToAccount(accounts[AUDITOR]?.privateKey ?? "0x");
    const options = { account: key, chain: foundry, transport: http(rpcUrl), pollingInterval: 20 };
    return { client: createWalletClient(options), deployment };
  }

  function desk(
    budget = parseEther("1000"),
    more: Partial<ConstructorParameters<typeof AppealDesk>[0]> = {},
  ) {
    return new AppealDesk({
      ...{ market: market(), account: account(), journal, dryRun: false },
      budget: { token: token(), amount: budget },
      onEvent: (event) => events.push(event),
      ...more,
    });
  }

  function follower(patienceBlocks: number) {
    const onEvent = (event: AuditorEvent) => events.push(event);
    const parts = { market: market(), account: account(), journal, patienceBlocks, onEvent };
    return new AppealFollower(parts);
  }

  async function follow(taskId: Hex, patienceBlocks = 1_000): Promise<void> {
    const appeal = journal.appeal(taskId);
    if (appeal === undefined) throw new RangeError("no appeal");
    await follower(patienceBlocks).follow(appeal, never);
  }

  const lie = () => acceptedTask(network, LIE, { challengeWindow: CHALLENGE });

  async function bondFor(request: Request): Promise<bigint> {
    const { task: terms } = await network.reader.getParameters();
    return bondOf(request, terms);
  }

  async function opened(taskId: Hex): Promise<number> {
    const all = await network.reader.getTaskEvents({ taskId });
    return eventsNamed(all, "DisputeOpened").length;
  }

  const withheld = () =>
    events.flatMap((each) => (each.event === "appeal-withheld" ? [each.reason] : []));

  it("says what an appeal costs before it makes it", async () => {
    const { request, taskId } = await lie();
    const bond = await bondFor(request);
    await desk(bond).appeal(taskId, WRONG, never);
    const atRisk = 0n;
    expect(events).toEqual([
      { event: "appeal-costs", taskId, token: token(), bond, atRisk, budget: bond },
      { event: "appealed", taskId, dispute: 0, bond },
    ]);
    expect(await opened(taskId)).toBe(1);
    expect(desk().atRisk()).toBe(bond);
  });

  it("sends nothing beyond the budget, in another token, or in a dry run; says each once", async () => {
    const { request, taskId } = await lie();
    const bond = await bondFor(request);
    const poor = desk(bond - 1n);
    await poor.appeal(taskId, WRONG, never);
    await poor.appeal(taskId, WRONG, never);
    expect(events).toHaveLength(2);
    const other = { token: network.devnet.addresses.market, amount: bond };
    await desk(bond, { budget: other }).appeal(taskId, WRONG, never);
    await desk(bond, { dryRun: true }).appeal(taskId, WRONG, never);
    expect(withheld()).toEqual(["budget", "token", "dry-run"]);
    expect(await opened(taskId)).toBe(0);
    expect(journal.appeals()).toEqual([]);
  });

  it("counts bonds that are out: the next appeal waits until they fit", async () => {
    const [first, second] = [await lie(), await lie()];
    const bond = await bondFor(first.request);
    const narrow = desk(2n * bond - 1n);
    await narrow.appeal(first.taskId, WRONG, never);
    await narrow.appeal(second.taskId, WRONG, never);
    expect(withheld()).toEqual(["budget"]);
    await desk(2n * bond).appeal(second.taskId, WRONG, never);
    expect(await opened(second.taskId)).toBe(1);
  });

  it("leaves a result alone over which a dispute is open, and one whose window is over", async () => {
    const { request, taskId } = await lie();
    await operatorOf(network, 11).appeal({ request });
    await desk().appeal(taskId, WRONG, never);
    const late = await lie();
    await network.pass(CHALLENGE + 1);
    await network.requester.finalize({ request: late.request, roster: [1, 2, 3] });
    await desk().appeal(late.taskId, WRONG, never);
    expect(withheld()).toEqual(["already-disputed", "window-over"]);
    expect(journal.appeals()).toEqual([]);
  });

  it("finds its appeal again when it was killed between sending and noting it", async () => {
    const { request, taskId } = await lie();
    const bond = await bondFor(request);
    plan({ taskId, bond });
    await operatorOf(network, AUDITOR).appeal({ request });
    journal.close();
    journal = openJournal();
    const [planned] = journal.appeals();
    if (planned === undefined) throw new RangeError("the plan is lost");
    await desk().resume(planned, never);
    expect(await opened(taskId)).toBe(1);
    expect(journal.appeal(taskId)).toMatchObject({ state: "open", dispute: 0, bond });
  });

  it("sends a planned appeal that never left, once", async () => {
    const { request, taskId } = await lie();
    const bond = await bondFor(request);
    // Another transaction of the account has used the nonce meanwhile.
    plan({ taskId, bond });
    const [planned] = journal.appeals();
    if (planned === undefined) throw new RangeError("the plan is lost");
    await desk().resume(planned, never);
    await desk().resume(planned, never);
    expect(await opened(taskId)).toBe(1);
    expect(journal.appeal(taskId)?.state).toBe("open");
  });

  it("does not take its own appeal for another's while it waits for a block", async () => {
    const { request, taskId } = await lie();
    plan({ taskId, bond: await bondFor(request) });
    const [planned] = journal.appeals();
    if (planned === undefined) throw new RangeError("the plan is lost");
    const node = network.client.request as (call: object) => Promise<unknown>;
    await node({ method: "evm_setAutomine", params: [false] });
    const sent = operatorOf(network, AUDITOR).appeal({ request });
    await expect
      .poll(() => node({ method: "txpool_status", params: [] }))
      .toMatchObject({ pending: "0x1" });
    // The nonce of the plan is used by something else: the node judges by what waits.
    await desk().resume(planned, never);
    expect(journal.appeal(taskId)?.state).toBe("planned");
    await node({ method: "evm_mine", params: [] });
    await node({ method: "evm_setAutomine", params: [true] });
    await sent;
    await desk().resume(planned, never);
    expect(journal.appeal(taskId)).toMatchObject({ state: "open", dispute: 0 });
    expect(withheld()).toEqual([]);
  });

  it("drops a planned appeal whose task has ended: no bond is out", async () => {
    const { request, taskId } = await lie();
    const bond = await bondFor(request);
    plan({ taskId, bond });
    await network.pass(CHALLENGE + 1);
    await network.requester.finalize({ request, roster: [1, 2, 3] });
    const [planned] = journal.appeals();
    if (planned === undefined) throw new RangeError("the plan is lost");
    await desk().resume(planned, never);
    expect(journal.appeal(taskId)?.state).toBe("missed");
    expect(desk().atRisk()).toBe(0n);
  });

  it("follows an appeal that was wrong: what the bond lost stays within the budget", async () => {
    const { request, taskId } = await acceptedTask(network, TRUTH, { challengeWindow: CHALLENGE });
    const wrong = { ...WRONG, accepted: TRUTH, computed: LIE };
    await desk().appeal(taskId, wrong, never);
    const panelId = panelIdOf(taskId, 0, 1);
    await network.pass(1);
    await network.pass(1);
    const judges = [4, 5, 6];
    await voteFor(network, panelId, request, judges, TRUTH, (p) =>
      operatorOf(network, p).claimPanel({ request, index: 0 }),
    );
    await network.requester.decide({ request, index: 0, roster: judges, decision: TRUTH });
    await follow(taskId);
    await follow(taskId);
    const decided = events.filter(({ event }) => event === "panel-decided");
    expect(decided).toEqual([
      {
        ...{ event: "panel-decided", taskId, dispute: 0, level: 1 },
        ...{ decision: TRUTH, overturned: false },
      },
    ]);
    await network.pass(CHALLENGE + 1);
    await network.requester.finalize({ request, roster: [1, 2, 3] });
    await follow(taskId);
    const bond = await bondFor(request);
    expect(events.at(-1)).toEqual({
      ...{ event: "appeal-resolved", taskId, dispute: 0, verdict: "wrong", bond },
      ...{ returned: 0n, awarded: 0n },
    });
    expect(desk().atRisk()).toBe(bond);
  });

  it("ends a panel to which nobody came, and then the task, so that the bond comes back", async () => {
    const { request, taskId } = await lie();
    await desk().appeal(taskId, WRONG, never);
    await network.pass(request.claimWindow + 1);
    await follow(taskId);
    expect((await network.reader.getDispute({ taskId, index: 0 })).status).toBe("voting");
    await follow(taskId, 0);
    expect((await network.reader.getDispute({ taskId, index: 0 })).status).toBe("closed");
    await network.pass(CHALLENGE + 1);
    await follow(taskId, 0);
    expect((await network.reader.getTask({ taskId })).status).toBe("settled");
    await follow(taskId);
    const bond = await bondFor(request);
    const verdict = { verdict: "undecided", bond, returned: bond - request.settlementFee };
    expect(events.at(-1)).toMatchObject({ event: "appeal-resolved", ...verdict });
    expect(desk().atRisk()).toBe(request.settlementFee);
  });
});
