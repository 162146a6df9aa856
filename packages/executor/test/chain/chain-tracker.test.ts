import { type Devnet, startDevnet } from "@deco-network/devnet";
import { decoTokenAbi } from "@deco-network/sdk";
import { createPublicClient, createTestClient, createWalletClient, http, type Log } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { ChainTracker } from "../../src/chain/chain-tracker.ts";
import type { BlockRow } from "../../src/journal/transition.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { reorganise } from "../support/reorganise.ts";
import { temporaryJournal } from "../support/temporary-journal.ts";

describe("ChainTracker", () => {
  let devnet: Devnet;
  let place: ReturnType<typeof temporaryJournal>;
  let stop = new AbortController();
  let loop = Promise.resolve();

  beforeAll(async () => {
    devnet = await startDevnet({ accounts: 1 });
    // Blocks come when a test says so.
    await chain().setIntervalMining({ interval: 0 });
  });
  afterAll(async () => {
    await devnet.stop();
  });
  beforeEach(() => {
    place = temporaryJournal();
  });
  afterEach(async () => {
    await halt();
    place.remove();
  });

  const client = () => createPublicClient({ transport: http(devnet.rpcUrl) });
  const chain = () => createTestClient({ mode: "anvil", transport: http(devnet.rpcUrl) });
  const mine = (blocks: number) => chain().mine({ blocks });

  /** Follows the token instead of the market: any contract's logs will do. */
  function start() {
    const seen = { heads: [] as BlockRow[], logs: [] as Log[], rollbacks: [] as number[] };
    const tracker = new ChainTracker({
      ...{ client: client(), journal: place.journal, logger: createLogger("silent") },
      ...{ market: devnet.addresses.token, pollMillis: 20, startBlock: 0 },
    });
    tracker.subscribe({
      onHead: (head) => seen.heads.push(head),
      onLogs: (logs) => seen.logs.push(...logs),
      onRollback: (above) => seen.rollbacks.push(above),
    });
    stop = new AbortController();
    loop = tracker.run(stop.signal);
    return { tracker, seen };
  }

  async function halt() {
    stop.abort();
    await loop;
  }

  async function isAtHead(tracker: ChainTracker) {
    await expect
      .poll(async () => tracker.head?.hash === (await client().getBlock()).hash, {
        timeout: 10_000,
        interval: 20,
      })
      .toBe(true);
  }

  async function approve(): Promise<string> {
    const [key] = devnet.accounts;
    const hash = await createWalletClient({ transport: http(devnet.rpcUrl) }).writeContract({
      ...{ account: privateKeyToAccount(key?.privateKey ?? "0x"), chain: null },
      ...{ address: devnet.addresses.token, abi: decoTokenAbi, functionName: "approve" },
      args: [devnet.addresses.market, 1n],
    });
    await mine(1);
    return hash;
  }

  const hashes = (logs: readonly Log[]) => logs.map(({ transactionHash }) => transactionHash);

  it("tells history first, then each log once", async () => {
    const { tracker, seen } = start();
    await isAtHead(tracker);
    const before = hashes(seen.logs).length;
    expect(before).toBeGreaterThan(0);
    const first = await approve();
    await mine(3);
    const second = await approve();
    await isAtHead(tracker);
    expect(hashes(seen.logs).slice(before)).toEqual([first, second]);
    expect(seen.rollbacks).toEqual([]);
  });

  it("tells a log again that could not be taken in, as by a full disk", async () => {
    const { tracker, seen } = start();
    await isAtHead(tracker);
    const before = seen.logs.length;
    let refusals = 2;
    tracker.subscribe({
      onLogs: () => {
        if (refusals-- > 0) throw new RangeError("disk full");
      },
    });
    const hash = await approve();
    await isAtHead(tracker);
    expect(refusals).toBe(-1);
    expect(hashes(seen.logs).slice(before)).toEqual([hash, hash, hash]);
  });

  it("rolls back to the last common block, then follows the new branch", async () => {
    const { tracker, seen } = start();
    await isAtHead(tracker);
    const base = tracker.head?.number ?? 0;
    await approve();
    await mine(4);
    await isAtHead(tracker);
    await reorganise(client(), 5);
    await mine(1);
    await isAtHead(tracker);
    expect(seen.rollbacks).toEqual([base]);
    const head = seen.heads.at(-1);
    expect(tracker.contains(head?.number ?? 0, head?.hash ?? "")).toBe(true);
  });

  it("connects a gap of some blocks by their parents", async () => {
    const { tracker, seen } = start();
    await isAtHead(tracker);
    const before = seen.logs.length;
    const hash = await approve();
    await mine(50);
    await isAtHead(tracker);
    expect(hashes(seen.logs.slice(before))).toEqual([hash]);
    for (let back = 0; back < 50; back++) {
      const { number, hash: at } = await client().getBlock({
        blockNumber: BigInt((tracker.head?.number ?? 0) - back),
      });
      expect(tracker.contains(Number(number), at)).toBe(true);
    }
  });

  it("scans a long absence by ranges, and misses nothing", async () => {
    const first = start();
    await isAtHead(first.tracker);
    await halt();
    const early = await approve();
    await mine(300);
    const late = await approve();
    const { tracker, seen } = start();
    await isAtHead(tracker);
    expect(hashes(seen.logs)).toEqual(expect.arrayContaining([early, late]));
  });

  it("notices after a restart that the chain was reorganised meanwhile", async () => {
    const first = start();
    await isAtHead(first.tracker);
    await approve();
    await mine(2);
    await isAtHead(first.tracker);
    await halt();
    await reorganise(client(), 3);
    await mine(1);
    const { tracker, seen } = start();
    await isAtHead(tracker);
    expect(seen.rollbacks).toHaveLength(1);
  });

  it("has no head before it has caught up, and cannot judge blocks that it does not remember", () => {
    const { tracker } = start();
    expect(tracker.head).toBeUndefined();
    expect(tracker.contains(0, "0x")).toBeUndefined();
  });
});
