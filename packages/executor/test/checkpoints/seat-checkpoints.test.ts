import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  checkpointSchema,
  decodeDocument,
  digestToCid,
  encodeDocument,
  type Request,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { type Hash, zeroAddress, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { TaskSoFar } from "../../src/checkpoints/resume-rule.ts";
import { SeatCheckpoints } from "../../src/checkpoints/seat-checkpoints.ts";
import { keepBytes } from "../../src/engines/kept-checkpoints.ts";
import type { Transaction } from "../../src/journal/rows.ts";
import { checkpointDigestOf, MarketCalls } from "../../src/market/calls.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { wasmProgram } from "../engines/wasm/support/prepared.ts";
import { TERMS } from "../support/network.ts";
import { temporaryJournal } from "../support/temporary-journal.ts";

const TASK: Hash = `0x${"ab".repeat(32)}`;
const KEY = { task: TASK, round: 1 };
const NEVER = new AbortController().signal;
const PROGRAM = wasmProgram({ checkpoint: { intervalSeconds: 1, bytes: 1_000 } });
const REQUEST: Request = {
  ...{ ...TERMS, program: zeroHash, input: zeroHash, requester: zeroAddress, token: zeroAddress },
  ...{ nonce: 0n, expiry: 0, volume: 1, replicas: 1, minAgreeing: 1, commitWindow: 100 },
};
const CONFIG = { publish: "sole", intervalSeconds: 10, perSeat: 4, maxBytes: 500 } as const;
const INTERVAL = 25_000; // A fourth of the commit window, which is longer than the interval.

describe("checkpoints of a seat", () => {
  let folder: string;
  let storage: Storage;
  let place: ReturnType<typeof temporaryJournal>;
  let status: "executing" | "revealing";
  let onChain: TaskSoFar;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    folder = await mkdtemp(join(tmpdir(), "deco-seat-"));
    storage = await openStorage({ peerToPeer: false, timeoutMillis: 200 });
    place = temporaryJournal();
    place.journal.record(
      { kind: "assignment-opened", key: KEY, request: "0x", postedBlock: 1 },
      { kind: "assignment-moved", key: KEY, from: "discovered", to: "seated" },
      { kind: "assignment-moved", key: KEY, from: "seated", to: "running" },
    );
    status = "executing";
    onChain = { logged: [], seated: [], committed: [] };
  });
  afterEach(async () => {
    vi.useRealTimers();
    await storage.close();
    place.remove();
    await rm(folder, { recursive: true });
  });

  function checkpoints() {
    return new SeatCheckpoints({
      config: CONFIG,
      identity: { provider: 9, operator: zeroAddress, chainId: 1, market: zeroAddress },
      ...{ storage, journal: place.journal, logger: createLogger("silent") },
      market: {
        checkpoints: async () => onChain,
        provider: async () => ({ trust: 10 }) as never,
        task: async () => ({ kind: "live", task: { status } }) as never,
      },
      calls: new MarketCalls(zeroAddress, 9),
      reachSeats: async () => undefined,
      onQueued: () => undefined,
    });
  }
  const seat = (more: object = {}) => ({
    ...{ key: KEY, request: REQUEST, postedBlock: 1, isJudge: false, signal: NEVER, ...more },
  });
  const keep = (sequence: number, text = `state ${sequence}`) =>
    keepBytes(folder, Buffer.from(text), { sequence, fuelUsed: 100n * BigInt(sequence) });
  const logged = (): readonly Transaction[] => place.journal.transactionsOf("checkpoint", KEY);
  const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

  /** What became of the newest transaction. */
  function conclude(as: "included" | "StakeNotFree"): void {
    const id = logged().at(-1)?.id ?? 0;
    if (as !== "included") {
      place.journal.record({ kind: "transaction-refused", id, error: as });
      return;
    }
    const hash = `0x${id.toString().padStart(64, "0")}` as const;
    const fees = { gas: 1n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n, block: 1 };
    const receipt = { block: 2, blockHash: hash, success: true, gasUsed: 1n };
    place.journal.record(
      { kind: "transaction-signed", id, nonce: id, hash, raw: "0x", ...fees },
      { kind: "transaction-included", id, hash, ...receipt },
    );
  }

  it("are published once an interval, named by the chain, and held", async () => {
    const runs = checkpoints().of(seat());
    runs.kept(PROGRAM, keep(1));
    await settled();
    expect(logged()).toEqual([]);
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(2));
    await expect.poll(() => logged().length).toBe(1);
    const [transaction] = logged();
    const digest = checkpointDigestOf(transaction?.data ?? "0x") ?? zeroHash;
    const document = decodeDocument(checkpointSchema, await storage.getDocument(digest));
    expect(document).toMatchObject({ task: TASK, sequence: 2, fuelUsed: "200" });
    await expect
      .poll(async () => new Set(await storage.pins()))
      .toEqual(new Set([digestToCid(digest), document.state.cid]));
    runs.kept(PROGRAM, keep(3));
    await settled();
    expect(logged()).toHaveLength(1);
  });

  it("wait for the one before, are as many as the operator wants, and the two newest are held", async () => {
    const seats = checkpoints();
    const runs = seats.of(seat());
    for (let sequence = 1; sequence <= 6; sequence++) {
      vi.advanceTimersByTime(INTERVAL);
      runs.kept(PROGRAM, keep(sequence));
      await settled();
      if (sequence === 1) {
        vi.advanceTimersByTime(INTERVAL);
        runs.kept(PROGRAM, keep(10));
        await settled();
        expect(logged()).toHaveLength(1);
      }
      if (logged().at(-1)?.status === "queued") conclude("included");
    }
    expect(logged()).toHaveLength(CONFIG.perSeat);
    expect(await storage.pins()).toHaveLength(4);
    await seats.release(KEY);
    await seats.release(KEY);
    expect(await storage.pins()).toEqual([]);
  });

  it("leave alone what is pinned for another reason", async () => {
    const seats = checkpoints();
    const runs = seats.of(seat());
    const { cid } = await storage.addBytes(Buffer.from("a result"), { visibility: "public" });
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(1, "a result"));
    await expect.poll(async () => (await storage.pins()).length).toBe(2);
    await seats.release(KEY);
    expect(await storage.pins()).toEqual([cid]);
  });

  it("stop when the market will take no more of them", async () => {
    const runs = checkpoints().of(seat());
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(1));
    await expect.poll(() => logged().length).toBe(1);
    conclude("StakeNotFree");
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(2));
    await settled();
    expect(logged()).toHaveLength(1);
  });

  it.each<[string, () => object]>([
    ["others vote too", () => ({ request: { ...REQUEST, replicas: 3, minAgreeing: 2 } })],
    ["the seat is a judge's", () => ({ isJudge: true })],
    ["the seat's run is over", () => ({ signal: AbortSignal.abort() })],
    [
      "its run has ended meanwhile",
      () => {
        place.journal.record({ kind: "assignment-moved", key: KEY, from: "running", to: "ran" });
        return {};
      },
    ],
    [
      "its round is over",
      () => {
        status = "revealing";
        return {};
      },
    ],
  ])("stay on this machine when %s", async (_, change) => {
    const runs = checkpoints().of(seat(change()));
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(1));
    await settled();
    expect(logged()).toEqual([]);
  });

  it("stay on this machine when they are larger than the operator publishes", async () => {
    const runs = checkpoints().of(seat());
    vi.advanceTimersByTime(INTERVAL);
    runs.kept(PROGRAM, keep(1, "x".repeat(501)));
    await settled();
    expect(logged()).toEqual([]);
  });

  async function left(sequence: number, change: object = {}): Promise<Hash> {
    const visibility = "public" as const;
    const { cid, bytes } = await storage.addBytes(Buffer.from(`left ${sequence}`), { visibility });
    const document = { deco: "checkpoint/1" as const, task: TASK, sequence, fuelUsed: "1" };
    const encoded = encodeDocument(checkpointSchema, {
      ...{ ...document, state: { cid, bytes }, ...change },
    });
    return (await storage.addDocument(encoded, { visibility })).digest;
  }
  const inherited = (more: object = {}) =>
    checkpoints().of(seat(more)).inherited(PROGRAM, join(folder, "own"), NEVER);

  it("that another left are taken from the newest that can be used on", async () => {
    const digests = [
      await left(1),
      await left(2),
      await left(3, { task: zeroHash }),
      `0x${"99".repeat(32)}` as const,
    ];
    const seated = [1, 9];
    onChain = {
      ...{ seated, committed: [] },
      logged: digests.map((digest) => ({ provider: 1, digest })),
    };
    expect(await inherited()).toMatchObject({ sequence: 2 });
    expect(await inherited({ isJudge: true })).toBeUndefined();
    onChain = { ...onChain, seated: [9] };
    expect(await inherited()).toBeUndefined();
  });

  it("that another left are none when all of them are poison", async () => {
    const digests = [
      await left(1),
      ...Array.from({ length: 3 }, (_, i) => `0x${`${i}f`.repeat(32)}` as const),
    ];
    onChain = {
      ...{ seated: [1], committed: [] },
      logged: digests.map((digest) => ({ provider: 1, digest })),
    };
    // Three are tried; a flood of them does not keep the run from beginning.
    expect(await inherited()).toBeUndefined();
  });
});
