import { type ProgramDocument, programSchema, type Request, taskIdOf } from "@deco-network/sdk";
import { zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ProviderIdentity } from "../../src/assignments/context.ts";
import type { Resources } from "../../src/capacity/resources.ts";
import type { BegunRun } from "../../src/capacity/run-queue.ts";
import { RunTimes } from "../../src/capacity/run-times.ts";
import { parseConfig } from "../../src/index.ts";
import { encodeRequest } from "../../src/market/request.ts";
import { Backlog } from "../../src/services/backlog.ts";
import { OfferBook } from "../../src/services/offers/offer-book.ts";
import type { LeftRuns } from "../../src/services/runs/task-runs.ts";
import { TERMS } from "../support/network.ts";
import { IDENTITY, temporaryJournal } from "../support/temporary-journal.ts";

const { market, operator } = IDENTITY as ProviderIdentity;
const identity = { provider: 1, operator, market, chainId: IDENTITY.chainId };
const NOW = 1_000;
const PROGRAM = `0x${"1".repeat(64)}` as const;
const PROGRAM_2 = `0x${"2".repeat(64)}` as const;

const program = (wallSeconds: number): ProgramDocument =>
  programSchema.parse({
    ...{ deco: "program/1", engine: "wasm", command: [], env: {}, network: "none", stdout: false },
    module: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    limits: {
      ...{ memoryBytes: 2 ** 20, outputBytes: 0, stdoutBytes: 0, wallSeconds },
      fuel: "1000000000000000",
    },
  });

let place: ReturnType<typeof temporaryJournal>;
let times: RunTimes;
let book: OfferBook;
let head: number;
let underway: BegunRun[];
let left: Record<string, LeftRuns>;

beforeEach(() => {
  place = temporaryJournal();
  times = new RunTimes({ expectedBps: 1_000, fuelPerSecond: 1 });
  book = new OfferBook(place.journal, () => NOW);
  head = 1;
  underway = [];
  left = {};
});
afterEach(() => place.remove());

const MACHINE: Resources = {
  ...{ slots: 1, cpuMillis: 1_000, memoryBytes: 2 ** 30, diskBytes: 2 ** 30, accelerators: [] },
};

/** Tasks of 100 s, of which 90 may be used. */
function openBacklog({ tasks = 10, free = MACHINE, tokens = {} } = {}): Backlog {
  const config = parseConfig({
    dataFolder: "data",
    chain: { id: 31_337, endpoints: ["http://127.0.0.1:1"], market },
    key: { file: "key" },
    capacity: { tasks },
    timing: { commitMargin: 10 },
    ...(Object.keys(tokens).length > 0 && {
      policy: { pricing: { tokens, etherPrice: "1" } },
    }),
  });
  const { journal } = place;
  return new Backlog({
    ...{ config, identity, journal, times, book },
    runner: {
      ...{ machine: MACHINE, free: () => free },
      get underway() {
        return underway;
      },
      left: (task) => left[task],
      program: async (request) => program(request.program === PROGRAM ? 300 : 3_000),
    },
    head: () => ({ number: head, hash: zeroHash, parent: zeroHash, timestamp: NOW }),
  });
}

const requestOf = (nonce: bigint, more: Partial<Request> = {}): Request => ({
  ...TERMS,
  ...{ requester: operator, nonce, expiry: 5_000, program: PROGRAM, input: zeroHash },
  ...{ volume: 1, token: market, commitWindow: 100 },
  ...more,
});
const seatOf = (request: Request) => ({
  key: { task: taskIdOf(identity, request), round: 1 },
  work: { request, runs: request.volume, class: "seat" } as const,
});
const admit = (backlog: Backlog, request: Request) => {
  const { key, work } = seatOf(request);
  return backlog.admit(key, work);
};
/** As after a claim. */
function claim(request: Request) {
  const { key } = seatOf(request);
  place.journal.record({
    ...{ kind: "assignment-opened", key, request: encodeRequest(request), postedBlock: 1 },
  });
  for (const [from, to] of [
    ["discovered", "validating"],
    ["validating", "eligible"],
    ["eligible", "claiming"],
  ] as const) {
    place.journal.record({ kind: "assignment-moved", key, from, to });
  }
}
const refused = { wait: "backlog-awaited", no: "backlog-full" };

describe("the backlog", () => {
  it("takes on what ends in time, and nothing that would make it late", async () => {
    const backlog = openBacklog();
    // 30 s each: the fourth would end after 120 s.
    for (let nonce = 0n; nonce < 3n; nonce++) {
      expect(await admit(backlog, requestOf(nonce))).toBeUndefined();
      claim(requestOf(nonce));
    }
    expect(await admit(backlog, requestOf(3n))).toMatchObject({
      ...refused,
      detail: expect.stringContaining("of 4 tasks"),
    });
    // More time does not help: the earlier deadlines go first, and it still would be in time itself.
    expect(await admit(backlog, requestOf(4n, { commitWindow: 200 }))).toBeUndefined();
  });

  it("takes nothing on while what is accepted would be late anyway", async () => {
    const backlog = openBacklog();
    claim(requestOf(0n));
    times.ended(PROGRAM, 95_000);
    times.ended(PROGRAM_2, 1_000);
    const other = requestOf(1n, { program: PROGRAM_2, commitWindow: 3_000 });
    expect(await admit(backlog, other)).toMatchObject(refused);
    times = new RunTimes({ expectedBps: 1_000, fuelPerSecond: 1 });
    expect(await admit(openBacklog(), other)).toBeUndefined();
  });

  it("has to spare what stays free when all that is held runs, whatever is promised beside", async () => {
    const free = { ...MACHINE, slots: 4, cpuMillis: 4_000 };
    const backlog = openBacklog({ free });
    expect(backlog.spare()).toEqual(free);
    const [held, promised] = [requestOf(0n), requestOf(1n)];
    expect(await admit(backlog, held)).toBeUndefined();
    claim(held);
    const { key } = seatOf(promised);
    expect(await admit(backlog, promised)).toBeUndefined();
    place.journal.record({
      ...{ kind: "offer-made", key, request: encodeRequest(promised), price: 1n, epoch: 0 },
      expiry: NOW + 60,
    });
    expect(backlog.spare()).toMatchObject({ slots: 3, cpuMillis: 3_000 });
    // Of a bag, as many at once as fit.
    const bag = requestOf(2n, { volume: 9, commitWindow: 2_000 });
    expect(await admit(backlog, bag)).toBeUndefined();
    expect(backlog.spare()).toMatchObject({ slots: 0, cpuMillis: 0 });
    left[seatOf(held).key.task] = { runs: 0, rank: undefined };
    // Those that have begun are not counted twice.
    left[seatOf(bag).key.task] = { runs: 2, rank: undefined };
    claim(bag);
    expect(backlog.spare()).toMatchObject({ slots: 2, cpuMillis: 2_000 });
  });

  it("counts what several looks at the same moment were told, until they would stand in the journal", async () => {
    const backlog = openBacklog();
    const looks = [0n, 1n, 2n, 3n].map((nonce) => admit(backlog, requestOf(nonce)));
    const found = await Promise.all(looks);
    expect(found.filter((each) => each === undefined)).toHaveLength(3);
    head += 3;
    // None of them was claimed.
    expect(await admit(backlog, requestOf(9n))).toBeUndefined();
  });

  it("counts promises to allocators, and those that are being prepared", async () => {
    const backlog = openBacklog();
    const ends = [0n, 1n, 2n].map((nonce) => {
      const request = requestOf(nonce);
      return book.draft(seatOf(request).key.task, request);
    });
    expect(await admit(backlog, requestOf(3n))).toMatchObject(refused);
    for (const draft of ends) draft?.end();
    expect(await admit(backlog, requestOf(3n))).toBeUndefined();
  });

  it("takes no more tasks than are configured, admitted ones included", async () => {
    const backlog = openBacklog({ tasks: 2 });
    claim(requestOf(0n, { commitWindow: 1_000 }));
    expect(await admit(backlog, requestOf(1n, { commitWindow: 1_000 }))).toBeUndefined();
    expect(await admit(backlog, requestOf(2n, { commitWindow: 1_000 }))).toEqual({
      ...{ wait: "capacity-awaited", no: "capacity-full" },
    });
  });

  it("counts of a running task what has not begun, and how long its runs have taken", async () => {
    const backlog = openBacklog();
    const bag = requestOf(0n, { volume: 3 });
    claim(bag);
    times.ended(PROGRAM, 30_000);
    expect(await admit(backlog, requestOf(1n))).toMatchObject(refused);
    left[seatOf(bag).key.task] = {
      ...{ runs: 1, rank: { class: "seat", deadline: NOW + 80, perSecond: 0 } },
    };
    expect(await admit(backlog, requestOf(1n))).toBeUndefined();
    head += 3;
    const need = { cpuMillis: 1_000, memoryBytes: 0, diskBytes: 0, accelerators: [] };
    const begun = (sinceMillis: number) => ({
      ...{ holding: { need, devices: [] }, millis: 30_000 },
      since: performance.now() - sinceMillis,
    });
    const free = { ...MACHINE, slots: 0, cpuMillis: 0 };
    underway = [begun(29_000)];
    expect(await admit(openBacklog({ free }), requestOf(2n))).toBeUndefined();
    // It should have ended 10 s ago, and may take as long again.
    underway = [begun(40_000)];
    expect(await admit(openBacklog({ free }), requestOf(2n))).toMatchObject(refused);
  });

  it("waits while programs and inputs under way leave a run no disk", async () => {
    const free = { ...MACHINE, memoryBytes: 0 };
    const found = await admit(openBacklog({ free }), requestOf(0n));
    expect(found).toMatchObject({ ...refused, detail: expect.stringContaining("longer") });
  });

  it("tells when all of it is expected to have run", async () => {
    const backlog = openBacklog();
    expect(backlog.seconds).toBe(0);
    for (const nonce of [0n, 1n]) {
      await admit(backlog, requestOf(nonce));
      claim(requestOf(nonce));
    }
    expect(backlog.seconds).toBe(60);
  });
});

describe("a task that would be late even alone", () => {
  it("is left before it is fetched, once its program is known", () => {
    const backlog = openBacklog();
    const bag = { request: requestOf(0n), runs: 10 };
    // Its limits alone say nothing: the requester thinks that ten fit.
    expect(() => backlog.judge(bag)(program(300))).not.toThrow();
    times.ended(PROGRAM, 9_100);
    const unreachable = expect.objectContaining({ code: "deadline-unreachable" });
    expect(() => backlog.judge(bag)(program(300))).toThrow(unreachable);
    expect(() => backlog.judge({ ...bag, runs: 9 })(program(300))).not.toThrow();
    expect(() => backlog.judge({ ...bag, runs: 0 })(program(300))).not.toThrow();
  });
});

describe("a seat's rank", () => {
  it("has what a second of it earns at least, in wei where the token has a rate", async () => {
    const request = requestOf(0n, { minPrice: 600n, volume: 2 });
    const { key, work } = seatOf(request);
    // Two runs of 30 s.
    expect(await openBacklog().rank(key, work, 1_050)).toEqual({
      ...{ class: "seat", deadline: 1_050, perSecond: 10 },
    });
    const half = { [market]: String(2n * 10n ** 18n) };
    expect((await openBacklog({ tokens: half }).rank(key, work, 1)).perSecond).toBe(5);
    const other = { [operator]: "1" };
    expect((await openBacklog({ tokens: other }).rank(key, work, 1)).perSecond).toBe(0);
    expect((await openBacklog().rank(key, { ...work, runs: 0 }, 1)).perSecond).toBe(0);
  });
});
