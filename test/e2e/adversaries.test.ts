import { escrowOf, type SeatOutcome } from "@deco-network/sdk";
import { parseEther } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { abstainer } from "../adversaries/abstainer.ts";
import { commitmentCopier, tagCopier } from "../adversaries/copier.ts";
import { decliner } from "../adversaries/decliner.ts";
import { liar } from "../adversaries/liar.ts";
import { noShow } from "../adversaries/no-show.ts";
import { withholder } from "../adversaries/withholder.ts";
import { type SeatEnd, TestMarket } from "./support/market.ts";

// Every seat locks 100 DECO and a liar may lose all of it; posting a task costs 1 DECO.
const LOCK = parseEther("100");
const [NO_SHOW_SLASH, DECLINE_FEE] = [LOCK / 10n, LOCK / 200n];
const POSTING_FEE = parseEther("1");
/** Most tickets are drawn after a sixth of the claim window. */
const TICKETS = 6;
/** Longer than a commit or reveal window. */
const WINDOW = 301;
const SETTLE_WINDOW = 7;

type End = Omit<SeatEnd, "early">;
const paid = (outcome: SeatOutcome): End => ({
  ...{ outcome, slashed: 0n, moved: 0, paid: expect.any(BigInt) },
});
const unpaid = (outcome: SeatOutcome, slashed: bigint, moved: number): End => ({
  ...{ outcome, slashed, moved, paid: 0n },
});
const AGREED = paid("agreed");
const RELEASED = unpaid("released", 0n, 0);

describe("a market with dishonest providers", { timeout: 180_000 }, () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await TestMarket.open(4);
  });
  afterEach(() => market.stopAll());
  afterAll(() => market.close());

  async function cast(...parts: readonly Parameters<TestMarket["start"]>[1][]): Promise<void> {
    await Promise.all(parts.map((each, index) => market.start(index + 1, each)));
  }

  /** @param expected `moved` without the step that agreeing early seats earn. */
  async function expectEnds(
    task: `0x${string}`,
    expected: Readonly<Record<number, End>>,
  ): Promise<void> {
    const ends = await market.ends(task);
    const full = Object.entries(expected).map(([provider, end]) => {
      const early = ends[Number(provider)]?.early ?? false;
      const earned = end.outcome === "agreed" && early ? 1 : 0;
      return [provider, { ...end, early, moved: end.moved + earned }];
    });
    expect(ends).toEqual(Object.fromEntries(full));
  }

  async function expectSound(task: `0x${string}`): Promise<void> {
    const { sound, checks } = await market.audit(task);
    expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(sound).toBe(true);
  }

  it("replaces a no-show in a further round and compensates the requester", async () => {
    await cast({}, noShow);
    const task = await market.post({ replicas: 2, maxReplicas: 4 });
    await market.pass(TICKETS);
    await market.seen(task, "SeatTaken", 2);
    await Promise.all([market.start(3), market.start(4)]);
    await market.seen(task, "Committed");
    await market.pass(WINDOW);
    await market.seen(task, "Revealed");
    // One agreeing provider is not enough.
    await market.pass(WINDOW + SETTLE_WINDOW);
    await market.seen(task, "RoundOpened", 2);
    await market.pass(TICKETS);
    await market.seen(task, "TaskSettled");
    const slash = unpaid("no-show", NO_SHOW_SLASH, -5);
    await expectEnds(task, { 1: AGREED, 2: slash, 3: AGREED, 4: AGREED });
    const [compensation] = await market.events(task, "RequesterCompensated");
    expect(compensation?.args.amount).toBe(POSTING_FEE);
    await expectSound(task);
  });

  it("lets anybody end a task whose seats are all silent", async () => {
    await cast(noShow, noShow);
    const task = await market.post({ replicas: 2, maxReplicas: 2 });
    await market.pass(TICKETS);
    await market.seen(task, "SeatTaken", 2);
    await market.pass(WINDOW);
    await market.expire(task);
    const request = await market.requestOf(task);
    expect(await market.ended(task)).toEqual({
      reason: "vote-failed",
      refund: escrowOf(request, 0) - request.settlementFee,
    });
    // Trust moves only when a result tells who was right.
    const slash = unpaid("no-show", NO_SHOW_SLASH, 0);
    await expectEnds(task, { 1: slash, 2: slash });
    const [compensation] = await market.events(task, "RequesterCompensated");
    expect(compensation?.args.amount).toBe(POSTING_FEE);
    await expectSound(task);
  });

  it("takes the whole lock of who commits and never reveals", async () => {
    await cast({}, {}, withholder);
    const task = await market.post({ replicas: 3, maxReplicas: 3 });
    await market.pass(TICKETS);
    await market.seen(task, "Committed", 3);
    await market.seen(task, "Revealed", 2);
    await market.pass(WINDOW);
    await market.seen(task, "TaskSettled");
    const slash = unpaid("withheld", LOCK, -10);
    await expectEnds(task, { 1: AGREED, 2: AGREED, 3: slash });
    expect(await market.events(task, "RequesterCompensated")).toEqual([]);
    await expectSound(task);
  });

  it("refunds a vote below the threshold, where blocking it costs a lock", async () => {
    await cast({}, {}, liar, withholder);
    const terms = { replicas: 4, maxReplicas: 4, thresholdBps: 7_000 };
    const task = await market.post(terms);
    await market.pass(TICKETS);
    await market.seen(task, "Committed", 4);
    await market.seen(task, "Revealed", 3);
    await market.pass(WINDOW + SETTLE_WINDOW);
    const { reason, refund } = await market.ended(task);
    expect(reason).toBe("vote-failed");
    const slash = unpaid("withheld", LOCK, 0);
    const consoled = paid("consoled");
    await expectEnds(task, { 1: consoled, 2: consoled, 3: RELEASED, 4: slash });
    const ends = await market.ends(task);
    const request = await market.requestOf(task);
    const consolation = Object.values(ends).reduce((sum, end) => sum + end.paid, 0n);
    expect(consolation).toBeGreaterThan(0n);
    expect(refund).toBe(escrowOf(request, 0) - consolation - request.settlementFee);
    await expectSound(task);
  });

  it("leaves a copied commitment without an opening", async () => {
    await cast({}, {}, commitmentCopier);
    const task = await market.post({ replicas: 3, maxReplicas: 3 });
    await market.pass(TICKETS);
    const commitments = await market.seen(task, "Committed", 3);
    const [copy, ...others] = commitments
      .sort((one, other) => other.args.provider - one.args.provider)
      .map(({ args }) => args.commitment.slice(0, 2 + 48));
    expect(others).toContain(copy);
    await market.seen(task, "Revealed", 2);
    await market.pass(WINDOW);
    await market.seen(task, "TaskSettled");
    const slash = unpaid("withheld", LOCK, -10);
    await expectEnds(task, { 1: AGREED, 2: AGREED, 3: slash });
    await expectSound(task);
  });

  it("counts the tag of an earlier round for another result", async () => {
    await cast({}, {});
    // More than the first two seats weigh, however right they are.
    const minWeight = (await market.trust(1)) + (await market.trust(2)) + 1;
    const task = await market.post({ replicas: 2, maxReplicas: 4, minWeight });
    await market.pass(TICKETS);
    await market.seen(task, "SeatTaken", 2);
    await Promise.all([market.start(3, tagCopier), market.start(4)]);
    await market.seen(task, "Revealed", 2);
    await market.pass(WINDOW + SETTLE_WINDOW);
    await market.seen(task, "RoundOpened", 2);
    await market.pass(TICKETS);
    await market.seen(task, "TaskSettled");
    const tags = (await market.events(task, "Revealed")).map(({ args }) => args.tag);
    expect(new Set(tags).size).toBe(2);
    const slash = unpaid("dissented", LOCK, -10);
    await expectEnds(task, { 1: AGREED, 2: AGREED, 3: slash, 4: AGREED });
    await expectSound(task);
  });

  it("charges an abstention its fee and settles without it", async () => {
    await cast({}, {}, abstainer("killed"));
    const task = await market.post({ replicas: 3, maxReplicas: 3 });
    await market.pass(TICKETS);
    await market.seen(task, "TaskSettled");
    const fee = unpaid("abstained", DECLINE_FEE, 0);
    await expectEnds(task, { 1: AGREED, 2: AGREED, 3: fee });
    await expectSound(task);
  });

  it("ends a task that two seats say cannot run, though rounds are left", async () => {
    await cast({}, abstainer("killed"), abstainer("killed"));
    const task = await market.post({ replicas: 3, maxReplicas: 6 });
    await market.pass(TICKETS);
    await market.seen(task, "Revealed");
    await market.pass(WINDOW + SETTLE_WINDOW);
    expect((await market.ended(task)).reason).toBe("cannot-run");
    const fee = unpaid("abstained", DECLINE_FEE, 0);
    await expectEnds(task, { 1: RELEASED, 2: fee, 3: fee });
    await expectSound(task);
  });

  it("refills the seat of who declines, for a fee and without a mark", async () => {
    const { token } = market.network.devnet.addresses;
    // Half of the ramp from 1 to 2: the decliner sits down before the others find it worth it.
    const policy = { minPrice: { [token]: String(parseEther("1.5")) } };
    await Promise.all([1, 2, 3].map((provider) => market.start(provider, {}, { policy })));
    await market.start(4, decliner);
    const task = await market.post({
      ...{ replicas: 3, maxReplicas: 3, claimWindow: 60, rampSeconds: 60 },
    });
    await market.pass(2 * TICKETS);
    const [declined] = await market.seen(task, "SeatDeclined");
    expect(declined?.args).toMatchObject({ provider: 4, fee: DECLINE_FEE });
    await market.pass(15);
    await market.seen(task, "TaskSettled");
    await expectEnds(task, { 1: AGREED, 2: AGREED, 3: AGREED });
    const seats = Object.values(await market.ends(task));
    expect(seats.map(({ early, moved }) => ({ early, moved }))).toEqual(
      seats.map(() => ({ early: false, moved: 0 })),
    );
    await expectSound(task);
  });

  // A vote believes its majority: what a lie costs its voters is the security budget that `plan`
  // and `getOutcome` tell. Appeals will judge a majority too; the audit says what it trusts.
  it("pays liars who are the majority, and the audit tells what it cannot see", async () => {
    await cast({}, liar, liar);
    // What provider 1 earned above must not outweigh both.
    const task = await market.post({ replicas: 3, maxReplicas: 3, thresholdBps: 5_001 });
    await market.pass(TICKETS);
    await market.seen(task, "TaskSettled");
    const slash = unpaid("dissented", LOCK, -10);
    await expectEnds(task, { 1: slash, 2: AGREED, 3: AGREED });
    await expectSound(task);
    const { trusted } = await market.audit(task);
    expect(trusted.join()).toContain("each replica ran the program itself");
  });
});
