import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { fetchReceipts, type TaskStage } from "@deco-network/requester";
import { decodeDocument, type Request, resultSchema } from "@deco-network/sdk";
import type { Hash } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { TestMarket } from "./support/market.ts";
import { collatzTask, followAsRequester, RecoveringProvider } from "./support/recovery.ts";

/** Its run takes some seconds of one core. */
const LIMIT = 20_000_000;
/** The longest chain below that begins at 15,733,191: OEIS A006877. */
const LONGEST = "15733191 705\n";
/** Part of the starts that A has told when it is killed. */
const TOLD = 0.6;

describe("a task whose provider dies", { timeout: 240_000 }, () => {
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

    await market.network.until(async () => (following.toldStart() ?? 0) >= TOLD * LIMIT, 120);
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
});

/** One seat decides; a further round takes its place. */
const ALONE = {
  ...{ replicas: 1, maxReplicas: 2, minAgreeing: 1 },
  ...{ claimWindow: 30, rampSeconds: 30, commitWindow: 60, revealWindow: 60 },
} satisfies Partial<Request>;

/** Fuel up to the newest checkpoint that a dead provider has in its folder. */
async function fuelOfNewest({ dataFolder }: RecoveringProvider, task: Hash): Promise<bigint> {
  const names = await readdir(join(dataFolder, "work", task, "checkpoints", "0"));
  const used = names.map((name) => BigInt(/^\d+-(\d+)-/.exec(name)?.[1] ?? 0));
  return used.reduce((most, each) => (each > most ? each : most), 0n);
}

async function outputOf({ network }: TestMarket, digest: Hash): Promise<string> {
  const bytes = await network.storage.getDocument(digest, { timeoutMillis: 20_000 });
  const { outputs } = decodeDocument(resultSchema, bytes);
  if (!outputs || !("inline" in outputs)) return expect.unreachable("no small output");
  return Buffer.from(outputs.inline[0]?.base64 ?? "", "base64").toString();
}
