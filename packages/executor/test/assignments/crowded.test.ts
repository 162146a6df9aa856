import { zeroAddress, zeroHash } from "viem";
import { expect, it } from "vitest";

import type { HandlerContext, HandlerMemory, Overview } from "../../src/assignments/context.ts";
import { eligible } from "../../src/assignments/handlers/eligible.ts";
import { parseConfig } from "../../src/index.ts";
import type { Crowded } from "../../src/services/backlog.ts";
import { TERMS } from "../support/network.ts";

const NOW = 1_000;
const REQUEST = {
  ...{ ...TERMS, program: zeroHash, input: zeroHash, requester: zeroAddress, token: zeroAddress },
  ...{ nonce: 0n, expiry: NOW * 2, volume: 3 },
};
const TASK = {
  ...{ round: 1, wanted: 1, postedAt: NOW - 12, openedAt: NOW - 12, phaseAt: NOW, seedBlock: 1 },
  ...{ totalStake: 1_000n, parameters: 1 },
};
const OPEN = { name: "open", task: TASK, closesAt: NOW } as unknown as Overview["phase"];
const FULL = { name: "executing", task: TASK, closesAt: NOW } as unknown as Overview["phase"];
const OVER = { name: "revealing", task: TASK, closesAt: NOW } as unknown as Overview["phase"];
const CROWDED: Crowded = { wait: "backlog-awaited", no: "backlog-full", detail: "1 of 2" };

/** A drawn task that could be claimed at once, at a moment after its claim window began. */
function lookAt(memory: HandlerMemory, crowded: Crowded | undefined) {
  const asked: unknown[] = [];
  const look = (phase: Overview["phase"], now = NOW) =>
    eligible({
      ...{ key: { task: zeroHash, round: 1 }, request: REQUEST, memory },
      config: parseConfig({
        ...{ dataFolder: "/nowhere", key: { file: "/nowhere" } },
        chain: { id: 1, endpoints: ["http://nowhere"], market: zeroAddress },
      }),
      identity: { provider: 1 },
      journal: { offer: () => undefined },
      gate: { open: true },
      market: {
        provider: async () => ({
          ...{ leaving: false, dormant: false, trust: 10, free: REQUEST.lock * 2n },
          stake: { active: 10n ** 18n, aged: 0n, since: 0 },
        }),
        seed: async () => ({ status: "known", seed: zeroHash }),
        terms: async () => ({ declineGrace: 0 }),
      },
      calls: { claim: () => ({ kind: "transaction-queued", purpose: "claim" }) },
      backlog: {
        admit: async (_key: unknown, work: unknown) => {
          asked.push(work);
          return crowded;
        },
      },
      overview: async () => ({ phase, seat: { status: "none", round: 0, value: "0x" }, now }),
    } as unknown as HandlerContext);
  return { look, asked };
}

it("claims what there is room for", async () => {
  const { look, asked } = lookAt({ failures: new Map() }, undefined);
  expect(await look(OPEN)).toMatchObject({ kind: "move", to: "claiming" });
  expect(asked).toEqual([{ request: REQUEST, runs: 3, class: "seat" }]);
});

it("waits for room, and says that it was missing when the task is lost meanwhile", async () => {
  const memory: HandlerMemory = { failures: new Map() };
  const { look } = lookAt(memory, CROWDED);
  expect(await look(OPEN)).toEqual({
    ...{ kind: "wait", until: NOW, why: { code: "backlog-awaited", detail: "1 of 2" } },
  });
  expect(await look(FULL, NOW + 60)).toMatchObject({ to: "lost", reason: "backlog-full" });
  expect(await look(OVER)).toMatchObject({ to: "lost", reason: "backlog-full" });
});

it("says that others were faster when there was room", async () => {
  const { look } = lookAt({ failures: new Map() }, undefined);
  expect(await look(FULL, NOW + 60)).toMatchObject({ to: "lost", reason: "seats-taken" });
  expect(await look(OVER)).toMatchObject({ to: "lost", reason: "task-revealing" });
});

it("forgets that it was crowded once it claims", async () => {
  const memory: HandlerMemory = { failures: new Map(), crowded: "capacity-full" };
  await lookAt(memory, undefined).look(OPEN);
  expect(memory.crowded).toBeUndefined();
});
