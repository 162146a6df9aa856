import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { fetchReceipts, type TaskStage } from "@deco-network/requester";
import { decodeDocument, type Request, resultSchema } from "@deco-network/sdk";
import type { Hash } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { noShow } from "../adversaries/no-show.ts";
import { TestMarket } from "./support/market.ts";
import {
  collatzTask,
  followAsRequester,
  logCheckpoint,
  publishCheckpoint,
  RecoveringProvider,
} from "./support/recovery.ts";

/** Its run takes some seconds of one core. */
const LIMIT = 20_000_000;
/** The longest chain below that begins at 15,733,191: OEIS A006877. */
const LONGEST = "15733191 705\n";
/** Part of the starts that A has told when it is killed. */
const TOLD = 0.6;

describe("a task whose provider dies", { timeout: 300_000 }, () => {
  let market: TestMarket;
  const providers: RecoveringProvider[] = [];

  beforeAll(async () => {
    market = await TestMarket.open(2);
  });
  afterEach(async () => {
    for (const provider of providers.splice(0)) await provider.stop();
  });
  afterAll(() => market.close());

  async function start(id: number): Promise<RecoveringProvider> {
    const provider = await RecoveringProvider.start(market, id);
    providers.push(provider);
    return provider;
  }

  it("is finished by another from the checkpoint that it left, with less than half repeated", async () => {
    const a = await start(1);
    const terms = await collatzTask(market.network.storage, LIMIT);
    const task = await market.post({ ...terms, ...ALONE });
    const stages: TaskStage[] = [];
    const following = followAsRequester(market, task, await market.requestOf(task), stages);

    await market.network.until(async () => (following.toldStart() ?? 0) >= TOLD * LIMIT, 200);
    expect(await a.kill()).toBe("SIGKILL");
    const done = await fuelOfNewest(a, task);
    const b = await start(2);
    await market.pass(ALONE.commitWindow + 1);
    await market.seen(task, "RoundOpened", 2);
    await market.pass(ALONE.claimWindow / 2);
    const end = await following.end;
    if (end.stage !== "settled") return expect.unreachable(end.reason);

    expect(await outputOf(market, end.digest)).toBe(LONGEST);
    const ends = await market.ends(task);
    expect([ends[1]?.outcome, ends[2]?.outcome]).toEqual(["no-show", "agreed"]);
    expect(stages.some((stage) => stage.stage === "checkpointed" && stage.provider === 1)).toBe(
      true,
    );

    const resumed = b.logged("checkpoint-resumed");
    expect(resumed).toMatchObject({ own: false, bytes: 24 });
    const from = BigInt(String(resumed?.["fuelUsed"]));
    const { client, devnet } = market.network;
    const [receipt] = await fetchReceipts({ client, deployment: devnet.deployment }, task, {
      ...{ seats: [{ provider: 2, round: 2 }], digest: end.digest },
      ...{ signal: new AbortController().signal, patienceMillis: 20_000 },
    });
    if (receipt?.status !== "signed") return expect.unreachable(receipt?.status);
    const spent = BigInt(receipt.receipt.fuelUsed ?? 0);
    // What B ran of what A had run.
    const repeated = done > from ? done - from : 0n;
    expect(repeated * 2n).toBeLessThan(done);
    // Together with what A's checkpoint saved it is the whole run.
    expect(spent * 2n).toBeLessThan(from + spent);
  });

  it("goes on from its own checkpoint when it comes back in time, and loses nothing", async () => {
    const terms = await collatzTask(market.network.storage, LIMIT / 2);
    const first = await start(1);
    const task = await market.post({ ...terms, ...ALONE, maxReplicas: 1 });
    await market.network.until(async () => (await fuelOfNewest(first, task)) > 0n, 60);
    expect(await first.kill()).toBe("SIGKILL");
    const again = await start(1);
    const [settled] = await market.seen(task, "TaskSettled");
    expect(await outputOf(market, settled?.args.digest ?? "0x")).toBe("8400511 686\n");
    expect((await market.ends(task))[1]).toMatchObject({ outcome: "agreed", slashed: 0n });
    expect(again.logged("checkpoint-resumed")).toMatchObject({ own: true });
  });
});

/** Short enough to be over at once. */
const SMALL = 300_000;
const SMALL_LONGEST = "230631 443\n";

describe("a task with poisoned checkpoints", { timeout: 180_000 }, () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await TestMarket.open(3);
  });
  afterEach(() => market.stopAll());
  afterAll(() => market.close());

  /** The first seat is taken by somebody who logs poison and is never heard of again. */
  async function poisoned(
    terms: Partial<Request>,
    others: readonly number[],
    poison: (task: Hash) => Promise<readonly Hash[]>,
  ): Promise<Hash> {
    await market.start(1, noShow);
    for (const provider of others) await market.start(provider);
    const content = await collatzTask(market.network.storage, SMALL);
    const task = await market.post({ ...content, ...ALONE, ...terms });
    await market.pass(ALONE.claimWindow / 2);
    await market.seen(task, "SeatTaken", terms.replicas);
    for (const digest of await poison(task)) await logCheckpoint(market, 1, task, digest);
    return task;
  }

  it("is finished from the first one that can be used, and the program judges what that holds", async () => {
    const { storage } = market.network;
    const state = async (bytes: Uint8Array) => {
      const added = await storage.addBytes(bytes, { visibility: "public" });
      return { cid: added.cid, bytes: added.bytes };
    };
    const task = await poisoned({}, [], async (of) => [
      await publishCheckpoint(storage, { task: of, state: await state(Buffer.alloc(24, 0xff)) }),
      await publishCheckpoint(storage, { task: of, state: await state(Buffer.alloc(2_000)) }),
      await publishCheckpoint(storage, { task: OTHER, state: await state(Buffer.alloc(24)) }),
    ]);
    const successor = await RecoveringProvider.start(market, 2);
    try {
      const digest = await finished(task);
      expect(await outputOf(market, digest)).toBe(SMALL_LONGEST);
      expect((await market.ends(task))[2]?.outcome).toBe("agreed");
      expect(successor.allLogged("checkpoint-refused").map(({ reason }) => reason)).toEqual([
        "foreign-task",
        "too-large",
      ]);
      expect(successor.logged("checkpoint-resumed")).toMatchObject({ own: false });
    } finally {
      await successor.stop();
    }
  });

  it("is voted on by providers who take none, where one alone logged it", async () => {
    // A state that would make the program give a wrong result.
    const wrong = Buffer.alloc(24);
    for (const [place, value] of [250_000n, 7n, 9_999n].entries()) {
      wrong.writeBigUInt64LE(value, 8 * place);
    }
    const { storage } = market.network;
    const terms = { replicas: 2, maxReplicas: 3, minAgreeing: 2 };
    const task = await poisoned(terms, [2], async (of) => {
      const { cid, bytes } = await storage.addBytes(wrong, { visibility: "public" });
      return [await publishCheckpoint(storage, { task: of, state: { cid, bytes } })];
    });
    await market.seen(task, "Committed");
    const successor = await RecoveringProvider.start(market, 3);
    try {
      const digest = await finished(task);
      expect(await outputOf(market, digest)).toBe(SMALL_LONGEST);
      const ends = await market.ends(task);
      expect([2, 3].map((provider) => ends[provider]?.outcome)).toEqual(["agreed", "agreed"]);
      expect(successor.logged("checkpoint-resumed")).toBeUndefined();
    } finally {
      await successor.stop();
    }
  });

  it("is not logged to by who holds no seat", async () => {
    const task = await poisoned({}, [], async () => []);
    await expect(logCheckpoint(market, 2, task, OTHER)).rejects.toThrow(/WrongSeatStatus|revert/);
    expect(await market.events(task, "Checkpointed")).toEqual([]);
  });

  /** Passes the windows of the first round. @returns the digest of the result document */
  async function finished(task: Hash): Promise<Hash> {
    const request = await market.requestOf(task);
    await market.pass(ALONE.commitWindow + 1);
    const revealed = request.replicas > 1;
    if (revealed) {
      await market.seen(task, "Revealed");
      await market.pass(ALONE.revealWindow + 10);
    }
    await market.requester.escalate({ request });
    await market.seen(task, "RoundOpened", 2);
    await market.pass(ALONE.claimWindow / 2);
    const [settled] = await market.seen(task, "TaskSettled");
    return settled?.args.digest ?? expect.unreachable("no digest");
  }
});

const OTHER: Hash = `0x${"cd".repeat(32)}`;

/** One seat decides; a further round takes its place. */
const ALONE = {
  ...{ replicas: 1, maxReplicas: 2, minAgreeing: 1 },
  ...{ claimWindow: 30, rampSeconds: 30, commitWindow: 120, revealWindow: 60 },
} satisfies Partial<Request>;

/** Fuel up to the newest checkpoint that a dead provider has in its folder. */
async function fuelOfNewest({ dataFolder }: RecoveringProvider, task: Hash): Promise<bigint> {
  const names = await readdir(join(dataFolder, "work", task, "checkpoints", "0")).catch(() => []);
  const used = names.map((name) => BigInt(/^\d+-(\d+)-/.exec(name)?.[1] ?? 0));
  return used.reduce((most, each) => (each > most ? each : most), 0n);
}

async function outputOf({ network }: TestMarket, digest: Hash): Promise<string> {
  const bytes = await network.storage.getDocument(digest, { timeoutMillis: 20_000 });
  const { outputs } = decodeDocument(resultSchema, bytes);
  if (!outputs || !("inline" in outputs)) return expect.unreachable("no small output");
  return Buffer.from(outputs.inline[0]?.base64 ?? "", "base64").toString();
}
