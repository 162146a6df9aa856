import { type Provider, type Request, taskIdOf, taskOfferTypedData } from "@deco-network/sdk";
import { parseEther, recoverTypedDataAddress, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type ExecutorConfigInput, parseConfig } from "../../../src/index.ts";
import { encodeRequest } from "../../../src/market/request.ts";
import type { Refusal } from "../../../src/reasons/refusals.ts";
import type { Crowded } from "../../../src/services/backlog.ts";
import { IntakeGate } from "../../../src/services/intake-gate.ts";
import { OfferBook } from "../../../src/services/offers/offer-book.ts";
import { OfferDesk, type OfferDeskOptions } from "../../../src/services/offers/offer-desk.ts";
import type { PrepareOutcome } from "../../../src/services/runner.ts";
import { TERMS } from "../../support/network.ts";
import { temporaryJournal } from "../../support/temporary-journal.ts";

const MARKET = "0x00000000000000000000000000000000000000aa";
const ALLOCATOR = "0x00000000000000000000000000000000000000cc";
const STRANGER = "0x00000000000000000000000000000000000000dd";
const account = privateKeyToAccount(generatePrivateKey());
const identity = {
  provider: 7,
  operator: account.address,
  chainId: 31_337,
  market: MARKET,
} as const;

const provider: Provider = {
  ...{ id: 7, owner: account.address, operator: account.address, metadata: zeroHash },
  ...{ trust: 10, debt: 0, raisedEpoch: 0, liveSeats: 0, leaving: false, dormant: false },
  ...{ locked: 0n, free: parseEther("250"), unbonding: 0n, unbondsAt: 0, offerEpoch: 3 },
  stake: { active: parseEther("250"), aged: 0n, since: 50 },
};

let place: ReturnType<typeof temporaryJournal>;
let now: number;
let prepared: PrepareOutcome | "never";
let released: string[];
let gate: IntakeGate;
let noted: Refusal[];
let crowded: Crowded | undefined;

beforeEach(() => {
  place = temporaryJournal();
  now = 1_000;
  prepared = { kind: "ready" };
  released = [];
  gate = new IntakeGate();
  noted = [];
  crowded = undefined;
});
afterEach(() => place.remove());

/** A desk as after a start: only the journal is from before. */
function openDesk(more: Partial<ExecutorConfigInput> = {}): OfferDesk {
  const config = parseConfig({
    dataFolder: "data",
    chain: { id: 31_337, endpoints: ["http://127.0.0.1:1"], market: MARKET },
    key: { file: "key" },
    capacity: { tasks: 2 },
    allocators: [ALLOCATOR],
    offers: { prepareMillis: 50 },
    ...more,
  });
  const { journal } = place;
  const head = () => ({ number: 1, hash: zeroHash, parent: zeroHash, timestamp: now });
  const runner = {
    prepare: (_key: unknown, _request: unknown, signal: AbortSignal) =>
      prepared === "never"
        ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        : Promise.resolve(prepared),
    release: async ({ task }: { task: string }) => void released.push(task),
  };
  return new OfferDesk({
    ...{ config, identity, account, journal, gate, head },
    book: new OfferBook(journal, () => now),
    backlog: { admit: async () => crowded, judge: () => () => undefined },
    market: { provider: async () => provider },
    runner,
    noteRefusal: (refusal: Refusal) => void noted.push(refusal),
    logger: { info() {}, warn() {} },
  } as unknown as OfferDeskOptions);
}

const requestOf = (nonce: bigint, more: Partial<Request> = {}): Request => ({
  ...TERMS,
  ...{ requester: STRANGER, nonce, expiry: 5_000, program: zeroHash, input: zeroHash },
  ...{ volume: 1, token: MARKET, allocator: ALLOCATOR, allocatorWindow: 30 },
  ...more,
});

const ask = (desk: OfferDesk, request: Request, sender: `0x${string}` = ALLOCATOR) =>
  desk.answer({ sender, request, round: 1 }, new AbortController().signal);
const refused = (reason: string) => ({ kind: "refused", reason });

describe("OfferDesk", () => {
  it("signs what the market accepts, at its own price within the request's", async () => {
    const minPrice = { [MARKET]: String(parseEther("1.5")) };
    const desk = openDesk({ policy: { minPrice } });
    const request = requestOf(1n);
    const answer = await ask(desk, request);
    if (answer.kind !== "offer") throw new RangeError(answer.reason);
    const { offer, signature } = answer.offer;
    expect(offer).toEqual({
      ...{ taskId: taskIdOf(identity, request), provider: 7, price: parseEther("1.5") },
      ...{ expiry: 1_060, epoch: 3 },
    });
    const typed = taskOfferTypedData(identity, offer);
    expect(await recoverTypedDataAddress({ ...typed, signature })).toBe(account.address);
    // Asked again, also after a restart, it says the same.
    now = 1_030;
    expect(await ask(openDesk(), request)).toEqual(answer);
  });

  it("says why not, by a code", async () => {
    const desk = openDesk({ policy: { denyRequesters: [MARKET] } });
    expect(await ask(desk, requestOf(1n), STRANGER)).toEqual(refused("allocator-unlisted"));
    const another = requestOf(1n, { allocator: STRANGER });
    expect(await ask(desk, another)).toEqual(refused("allocator-mismatch"));
    expect(await ask(desk, requestOf(1n, { expiry: 999 }))).toEqual(refused("request-expired"));
    const denied = requestOf(1n, { requester: MARKET });
    expect(await ask(desk, denied)).toEqual(refused("requester-denied"));
    expect(await ask(desk, requestOf(1n, { minTrust: 20 }))).toEqual(refused("trust-too-low"));
    gate.close("draining");
    expect(await ask(desk, requestOf(1n))).toEqual(refused("draining"));
  });

  it("refuses what it cannot have in time or run, and keeps nothing of it", async () => {
    const desk = openDesk();
    const request = requestOf(1n);
    prepared = { kind: "refused", reason: "image-invalid", detail: "layer 2 is a device" };
    expect(await ask(desk, request)).toEqual(refused("image-invalid"));
    // The operator learns what exactly; the allocator only learns the code.
    const task = taskIdOf(identity, request);
    const detail = "layer 2 is a device";
    expect(noted).toEqual([{ task, round: 1, source: "offer", code: "image-invalid", detail }]);
    prepared = "never";
    expect(await ask(desk, request)).toEqual(refused("input-unavailable"));
    expect(released).toHaveLength(2);
    expect(place.journal.offer(taskIdOf(identity, request))).toBeUndefined();
  });

  it("promises nothing that what is accepted leaves no time for", async () => {
    const desk = openDesk();
    crowded = { wait: "backlog-awaited", no: "backlog-full", detail: "2 of 3 tasks" };
    const request = requestOf(1n);
    expect(await ask(desk, request)).toEqual(refused("backlog-full"));
    expect(noted).toMatchObject([{ code: "backlog-full", detail: "2 of 3 tasks" }]);
    expect(released).toEqual([taskIdOf(identity, request)]);
    expect(place.journal.offer(taskIdOf(identity, request))).toBeUndefined();
    crowded = undefined;
    expect(await ask(desk, request)).toMatchObject({ kind: "offer" });
  });

  it("reserves capacity until the offer ends, across a restart", async () => {
    const desk = openDesk();
    expect(await ask(desk, requestOf(1n))).toMatchObject({ kind: "offer" });
    expect(await ask(desk, requestOf(2n))).toMatchObject({ kind: "offer" });
    expect(await ask(desk, requestOf(3n))).toEqual(refused("capacity-full"));
    expect(await ask(openDesk(), requestOf(3n))).toEqual(refused("capacity-full"));
    now = 1_060;
    expect(await ask(desk, requestOf(3n))).toEqual(refused("capacity-full"));
    now = 1_061;
    expect(await ask(desk, requestOf(3n))).toMatchObject({ kind: "offer" });
  });

  it("reserves capacity while it prepares: of many at once no more are taken than fit", async () => {
    const desk = openDesk();
    const answers = await Promise.all(
      [1n, 2n, 3n, 4n, 5n].map((nonce) => ask(desk, requestOf(nonce))),
    );
    expect(answers.map(({ kind }) => kind).sort()).toEqual([
      ...["offer", "offer", "refused", "refused", "refused"],
    ]);
  });

  it("promises the same stake once", async () => {
    const desk = openDesk({ capacity: { tasks: 9 } });
    for (const nonce of [1n, 2n]) {
      expect(await ask(desk, requestOf(nonce))).toMatchObject({ kind: "offer" });
    }
    // 250 are free, 100 are locked by each.
    expect(await ask(desk, requestOf(3n))).toEqual(refused("stake-not-free"));
  });

  it("lets go of what was prepared when an offer ends unused, and not of a seat's", async () => {
    const desk = openDesk();
    const [unused, used] = [requestOf(1n), requestOf(2n)];
    await ask(desk, unused);
    await ask(desk, used);
    const key = { task: taskIdOf(identity, used), round: 1 };
    const request = encodeRequest(used);
    place.journal.record(
      { kind: "assignment-opened", key, request, postedBlock: 1 },
      { kind: "assignment-moved", key, from: "discovered", to: "seated", reason: "assigned" },
    );
    // The seat counts itself now, so its offer does not count beside it.
    expect(await ask(desk, requestOf(3n))).toEqual(refused("capacity-full"));
    desk.onHead({ number: 2, hash: zeroHash, parent: zeroHash, timestamp: 1_061 });
    expect(released).toEqual([taskIdOf(identity, unused)]);
    now = 1_061;
    expect(await ask(desk, used)).toEqual(refused("task-known"));
  });
});
