import { type Devnet, startDevnet } from "@deco-network/devnet";
import { decoMarketAbi, decoTokenAbi } from "@deco-network/sdk";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { ChainTracker } from "../../src/chain/chain-tracker.ts";
import type { Transaction } from "../../src/journal/rows.ts";
import type { QueuedTransaction } from "../../src/journal/transition.ts";
import { createLogger, type Logger } from "../../src/runtime/logger.ts";
import { dayOf, type Purse } from "../../src/transactions/purse.ts";
import { TransactionQueue } from "../../src/transactions/transaction-queue.ts";
import { reorganise } from "../support/reorganise.ts";
import { temporaryJournal } from "../support/temporary-journal.ts";

describe("TransactionQueue", () => {
  let devnet: Devnet;
  let place: ReturnType<typeof temporaryJournal>;
  let stop = new AbortController();
  let loops: Promise<void>[] = [];
  let queue: TransactionQueue | undefined;
  /** Each test has its own key, so that nonces do not meet. */
  let next = 0;
  let miner: NodeJS.Timeout | undefined;
  let mining = true;
  /** The miner's last block, which a test that stops it must wait for. */
  let mined: Promise<unknown> = Promise.resolve();
  let codes: string[] = [];
  let account = privateKeyToAccount(`0x${"11".repeat(32)}`);

  beforeAll(async () => {
    devnet = await startDevnet({ accounts: 13 });
    // anvil takes whole seconds only when the interval changes, so this test mines by itself.
    await chain().setIntervalMining({ interval: 0 });
    miner = setInterval(() => {
      if (mining) mined = chain().mine({ blocks: 1 });
    }, 150);
  });
  afterAll(async () => {
    clearInterval(miner);
    await devnet.stop();
  });
  beforeEach(() => {
    mining = true;
    codes = [];
    place = temporaryJournal();
    account = privateKeyToAccount(devnet.accounts[next++]?.privateKey ?? "0x");
  });
  afterEach(async () => {
    await halt();
    place.remove();
  });

  const client = () => createPublicClient({ transport: http(devnet.rpcUrl) });
  const chain = () => createTestClient({ mode: "anvil", transport: http(devnet.rpcUrl) });

  function start(
    maxFeePerGas = 500_000_000_000n,
    purse: Pick<Purse, "refuses"> = { refuses: () => undefined },
    over = client(),
  ) {
    const note = (entry: unknown) => codes.push((entry as { code: string }).code);
    const logger = {
      ...createLogger("silent"),
      debug() {},
      info: note,
      warn: note,
      error: note,
    } as unknown as Logger;
    const { journal } = place;
    const common = { client: over, journal, logger };
    const { market } = devnet.addresses;
    const tracker = new ChainTracker({ ...common, market, pollMillis: 50, startBlock: 0 });
    queue = new TransactionQueue({
      ...{ ...common, tracker, account, maxFeePerGas, purse },
      ...{ chainId: devnet.chainId, confirmations: 2, bumpAfterBlocks: 6, stuckAfterBlocks: 12 },
      onChange: () => undefined,
    });
    tracker.subscribe(queue);
    stop = new AbortController();
    loops = [tracker.run(stop.signal), queue.run(stop.signal)];
  }

  async function halt() {
    stop.abort();
    await Promise.all(loops);
  }

  const approve = (amount: bigint): QueuedTransaction => ({
    ...{ kind: "transaction-queued", purpose: "describe", to: devnet.addresses.token },
    data: encodeFunctionData({
      ...{ abi: decoTokenAbi, functionName: "approve" },
      args: [devnet.addresses.market, amount],
    }),
  });

  function enqueue(transaction: QueuedTransaction): number {
    const [id = 0] = place.journal.record(transaction);
    queue?.nudge();
    return id;
  }

  async function reaches(id: number, ...statuses: Transaction["status"][]) {
    return await expect
      .poll(() => place.journal.transaction(id)?.status, { timeout: 30_000, interval: 20 })
      .toSatisfy((status) => statuses.includes(status))
      .then(() => place.journal.transaction(id));
  }

  it("sends in order, counts confirmations, and knows what it cost", async () => {
    start();
    const ids = [1n, 2n, 3n].map((amount) => enqueue(approve(amount)));
    const nonces = [];
    for (const id of ids) nonces.push((await reaches(id, "final"))?.nonce);
    expect(nonces).toEqual([0, 1, 2]);
    expect(place.journal.transaction(ids[0] ?? 0)).toMatchObject({ success: true });
    expect(place.journal.transaction(ids[0] ?? 0)?.gasUsed).toBeGreaterThan(21_000n);
  });

  it("sends what a lock depends on before a backlog of claims, also what is queued while that is sent", async () => {
    const real = client();
    let reveal = 0;
    const estimateGas: typeof real.estimateGas = async (call) => {
      if (reveal === 0) reveal = enqueue({ ...approve(99n), purpose: "reveal" });
      return await real.estimateGas(call);
    };
    const claims = Array.from({ length: 40 }, (_, i) =>
      enqueue({ ...approve(BigInt(i)), purpose: "claim" }),
    );
    const settle = enqueue({ ...approve(41n), purpose: "settle" });
    const commit = enqueue({ ...approve(42n), purpose: "commit" });
    start(undefined, undefined, { ...real, estimateGas });
    const nonceOf = async (id: number) => (await reaches(id, "final"))?.nonce;
    expect(await nonceOf(commit)).toBe(0);
    expect(await nonceOf(settle)).toBe(1);
    // Behind no more than what was being sent.
    expect(await nonceOf(reveal)).toBe(8);
    const nonces = await Promise.all(claims.map(nonceOf));
    expect(nonces.sort((a = 0, b = 0) => a - b)).toEqual([
      ...Array.from({ length: 6 }, (_, i) => 2 + i),
      ...Array.from({ length: 34 }, (_, i) => 9 + i),
    ]);
  });

  it("sends nothing that the contract would refuse, and names the refusal", async () => {
    start();
    const describeCall = encodeFunctionData({
      ...{ abi: decoMarketAbi, functionName: "describe" },
      args: [99, zeroHash, ""],
    });
    const id = enqueue({ ...approve(1n), to: devnet.addresses.market, data: describeCall });
    expect(await reaches(id, "refused")).toMatchObject({ error: "NotProviderOwner" });
    expect(await client().getTransactionCount({ address: account.address })).toBe(0);
  });

  it("leaves alone what its assignment has dropped while it was simulated", async () => {
    const real = client();
    const estimateGas: typeof real.estimateGas = async (call) => {
      const { journal } = place;
      if (call.to === devnet.addresses.market) {
        journal.record({
          kind: "transaction-dropped",
          id: journal.transactionsIn("queued")[0]?.id ?? 0,
        });
      }
      return await real.estimateGas(call);
    };
    start(undefined, undefined, { ...real, estimateGas });
    // The market knows no such call, so the simulation fails.
    const id = enqueue({ ...approve(1n), to: devnet.addresses.market });
    await reaches(id, "dropped");
    await reaches(enqueue(approve(1n)), "final");
    expect(place.journal.transaction(id)?.status).toBe("dropped");
  });

  it("repeats the same bytes after a restart when the node has forgotten them", async () => {
    start();
    await reaches(enqueue(approve(1n)), "final");
    mining = false;
    await mined;
    const id = enqueue(approve(2n));
    await reaches(id, "sent");
    await halt();
    const [attempt] = place.journal.attempts(id);
    await chain().dropTransaction({ hash: attempt?.hash ?? "0x" });
    mining = true;
    start();
    expect(await reaches(id, "final")).toMatchObject({ hash: attempt?.hash, nonce: 1 });
  });

  it("judges a transaction anew when something else used its nonce", async () => {
    start();
    await reaches(enqueue(approve(1n)), "final");
    mining = false;
    await mined;
    const id = enqueue(approve(2n));
    await reaches(id, "sent");
    const [attempt] = place.journal.attempts(id);
    await chain().dropTransaction({ hash: attempt?.hash ?? "0x" });
    await createWalletClient({ transport: http(devnet.rpcUrl) }).sendTransaction({
      ...{ account, chain: null, to: account.address, value: 1n, nonce: 1, gas: 21_000n },
    });
    mining = true;
    const done = await reaches(id, "final");
    expect(done).toMatchObject({ nonce: 2, success: true });
    expect(done?.hash).not.toBe(attempt?.hash);
  });

  it("raises the fee when blocks leave a transaction out", async () => {
    start();
    mining = false;
    await mined;
    const id = enqueue(approve(1n));
    await reaches(id, "sent");
    const { baseFeePerGas } = await client().getBlock();
    await chain().setNextBlockBaseFeePerGas({ baseFeePerGas: (baseFeePerGas ?? 1n) * 1_000n });
    mining = true;
    await reaches(id, "final");
    const attempts = place.journal.attempts(id);
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.at(-1)?.maxFeePerGas).toBeGreaterThan(attempts[0]?.maxFeePerGas ?? 0n);
  });

  it("never offers more than the cap", async () => {
    start(1n);
    const id = enqueue(approve(1n));
    const head = await client().getBlockNumber();
    await expect
      .poll(() => client().getBlockNumber({ cacheTime: 0 }), { timeout: 10_000 })
      .toBeGreaterThan(head + 3n);
    expect(place.journal.transaction(id)?.status).toBe("queued");
    await halt();
    start();
    await reaches(id, "final");
  });

  it("takes an inclusion back when its block leaves the chain, and repeats it", async () => {
    start();
    const id = enqueue(approve(1n));
    const before = await reaches(id, "included");
    await reorganise(client(), 2);
    await expect
      .poll(() => place.journal.transaction(id)?.blockHash, { timeout: 30_000 })
      .not.toBe(before?.blockHash);
    expect(await reaches(id, "final")).toMatchObject({ nonce: 0, success: true });
  });

  /** Sends without the queue, as another program with the same key would. */
  async function sendForeign(nonce: number) {
    return await createWalletClient({ transport: http(devnet.rpcUrl) }).sendTransaction({
      ...{ account, chain: null, to: account.address, value: 1n, nonce, gas: 21_000n },
    });
  }

  it("fills a nonce that another program took and did not use", async () => {
    start();
    await reaches(enqueue(approve(1n)), "final");
    mining = false;
    await mined;
    const foreign = await sendForeign(1);
    const id = enqueue(approve(2n));
    expect(await reaches(id, "sent")).toMatchObject({ nonce: 2 });
    await chain().dropTransaction({ hash: foreign });
    mining = true;
    expect(await reaches(id, "final")).toMatchObject({ nonce: 2, success: true });
    expect(codes).toContain("nonce-gap");
    expect(place.journal.latestTransaction("fill-gap", undefined)).toMatchObject({ nonce: 1 });
  });

  it("repeats what counted as final when the chain leaves so many blocks", async () => {
    start();
    const id = enqueue(approve(1n));
    await reaches(id, "final");
    const before = place.journal.transaction(id);
    const head = await client().getBlockNumber({ cacheTime: 0 });
    await reorganise(client(), Number(head) - (before?.block ?? 0) + 1);
    await expect
      .poll(() => place.journal.transaction(id)?.blockHash, { timeout: 30_000 })
      .not.toBe(before?.blockHash);
    expect(await reaches(id, "final")).toMatchObject({ nonce: 0, success: true });
  });

  it("raises the alarm for what blocks leave out, until it is included", async () => {
    start(3_000_000_000n);
    mining = false;
    await mined;
    const id = enqueue(approve(1n));
    await reaches(id, "sent");
    // The queue raises the fee to the cap first, when it sees one of these blocks, and finds it there at a later one.
    const block = async () => {
      await chain().setNextBlockBaseFeePerGas({ baseFeePerGas: 4_000_000_000n });
      await chain().mine({ blocks: 1 });
      return codes;
    };
    await expect
      .poll(block, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(["transaction-stuck", "fee-at-cap"]));
    expect(queue?.status).toMatchObject({ sent: 1, stuck: [{ purpose: "describe", nonce: 0 }] });
    for (const { maxFeePerGas } of place.journal.attempts(id)) {
      expect(maxFeePerGas).toBeLessThanOrEqual(3_000_000_000n);
    }
    await chain().setNextBlockBaseFeePerGas({ baseFeePerGas: 1_000_000n });
    mining = true;
    await reaches(id, "final");
    expect(codes).toContain("transaction-stuck-over");
    expect(queue?.status).toEqual({ queued: 0, sent: 0, stuck: [] });
  });

  it("refuses claims when gas money is short, and sends everything else", async () => {
    start(undefined, { refuses: (purpose) => (purpose === "claim" ? "balance-low" : undefined) });
    const claim = enqueue({ ...approve(1n), purpose: "claim" });
    const settle = enqueue({ ...approve(2n), purpose: "settle" });
    expect(await reaches(claim, "refused")).toMatchObject({ error: "balance-low" });
    expect(await reaches(settle, "final")).toMatchObject({ nonce: 0 });
    const cost = place.journal.transaction(settle)?.gasUsed ?? 0n;
    const { timestamp } = await client().getBlock();
    expect(place.journal.spentOn(dayOf(Number(timestamp)))).toBeGreaterThan(cost);
  });
});
