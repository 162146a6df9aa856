import { decoMarketAbi } from "@deco-network/sdk";
import { getProvider } from "@deco-network/sdk/actions";
import { type Address, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Executor, type ExecutorParts, makeReport, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

describe("a report of profit and loss, against the chain's balances", () => {
  let network: TestNetwork;
  const running: Executor[] = [];
  /** Before any executor has sent anything. */
  const before = new Map<number, { wei: bigint; stake: bigint }>();

  beforeAll(async () => {
    network = await startNetwork(3);
    for (const { id } of network.providers) {
      before.set(id, { wei: await weiOf(id), stake: await stakeOf(id) });
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(running.map((executor) => executor.stop(AbortSignal.abort())));
    await network.close();
  });

  const operator = (id: number) => network.devnet.accounts[id]?.address as Address;
  const weiOf = (id: number) => network.client.getBalance({ address: operator(id) });
  const read = (functionName: "earningsOf" | "balanceOf", args: readonly unknown[]) =>
    network.client.readContract({
      ...{ address: network.devnet.addresses.market, abi: decoMarketAbi, functionName },
      args: args as never,
    }) as Promise<bigint>;
  /** What of the first stake is left: nothing is added or taken out here. */
  async function stakeOf(id: number) {
    const { deployment } = network.devnet;
    return (await getProvider(network.client, { deployment, provider: id })).stake.active;
  }

  async function start(index: number, parts: ExecutorParts = {}) {
    const energy = { pricePerKwh: "0.30", currency: "EUR", wattsPerCore: 10 };
    const timing = { settleStagger: 1, commitMargin: 2, drain: 10 };
    const config = configOf(network.providers[index], { energy, timing });
    const executor = await startExecutor(config, parts);
    running.push(executor);
    await network.dial(executor.endpoint);
    return { config, executor };
  }

  async function ended(task: `0x${string}`) {
    return await network.until(async () =>
      (await network.events(task)).find(({ eventName }) => /TaskSettled|TaskEnded/.test(eventName)),
    );
  }

  it("sums to what each provider has been paid, has lost and has spent, to the last unit", async () => {
    const lie = `0x${"11".repeat(32)}` as const;
    let votes = 0;
    const started = [
      await start(0),
      await start(1),
      // Honest at first.
      await start(2, { vote: (computed) => (votes++ === 0 ? computed : { digest: lie }) }),
    ];
    const three = { replicas: 3, maxReplicas: 3, minAgreeing: 2 };
    // Long windows, so that the first is relayed and told by one event; the second is voted on seat by seat.
    const long = { commitWindow: 120, revealWindow: 60 };
    for (const [name, windows] of [["TaskAgreed", long] as const, ["TaskSettled", {}] as const]) {
      const task = await network.post({ terms: { ...three, ...windows } });
      await ended(task);
      expect((await network.events(task)).map(({ eventName }) => eventName)).toContain(name);
    }
    // One that never fills.
    await ended(
      await network.post({
        terms: { ...three, replicas: 4, maxReplicas: 4, claimWindow: 4, rampSeconds: 4 },
      }),
    );
    // What a stopped executor has not seen included yet is recorded at its next start.
    for (const { executor } of started) {
      await network.until(async () => {
        const metrics = await (await fetch(`${executor.status}/metrics`)).text();
        return [...metrics.matchAll(/^deco_transactions_open\{.*\} (\d+)$/gm)].every(
          ([, n]) => n === "0",
        );
      });
      await executor.stop();
    }
    running.length = 0;

    const { token } = network.devnet.addresses;
    let fees = 0n;
    for (const [index, { config }] of started.entries()) {
      const id = index + 1;
      const report = await makeReport({
        ...{ config, provider: id, deco: token, signal: new AbortController().signal },
      });
      const paid = report.tokens.reduce((sum, each) => sum + each.paid, 0n);
      expect(paid).toBe(await read("earningsOf", [token, id]));
      const earned = report.tokens.reduce((sum, each) => sum + each.settlementFees, 0n);
      expect(earned).toBe(await read("balanceOf", [token, operator(id)]));
      fees += earned;
      const { wei, stake } = before.get(id) ?? { wei: 0n, stake: 0n };
      expect(report.gasWei).toBe(wei - (await weiOf(id)));
      expect(report.ownAffairsWei).toBeGreaterThan(0n);
      expect(report.slashed + report.declineFees).toBe(stake - (await stakeOf(id)));
      expect(report.net).toEqual([
        { token, amount: paid + earned - report.slashed - report.declineFees },
      ]);
      expect(report.energy.cost?.currency).toBe("EUR");
      const ran = report.tasks.filter(({ cpuMillis }) => cpuMillis > 0);
      expect(ran.every(({ energy }) => energy !== "none")).toBe(true);
    }
    // Two settlements and one expiry were called for, each by one of the three.
    expect(fees).toBe(3n * parseEther("0.01"));
    const liar = started[2];
    if (!liar) throw new TypeError("no liar");
    const report = await makeReport({
      ...{ config: liar.config, provider: 3, deco: token, signal: new AbortController().signal },
    });
    expect(report.tasks.map(({ outcome }) => outcome).sort()).toEqual([
      ...["agreed", "dissented", "released"],
    ]);
    expect(report.slashed).toBe(parseEther("100"));

    const { timestamp } = await network.client.getBlock();
    const later = await makeReport({
      ...{ config: liar.config, provider: 3, deco: token, from: Number(timestamp) + 1 },
      signal: new AbortController().signal,
    });
    expect(later).toMatchObject({ tasks: [], slashed: 0n, gasWei: 0n });
  }, 120_000);
});
