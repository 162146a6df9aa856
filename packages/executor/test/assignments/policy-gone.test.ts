import { zeroAddress, zeroHash } from "viem";
import { describe, expect, it } from "vitest";

import type { HandlerContext, Overview } from "../../src/assignments/context.ts";
import { HANDLERS, type OpenState } from "../../src/assignments/handlers/index.ts";
import { parseConfig } from "../../src/index.ts";
import type { Transaction } from "../../src/journal/rows.ts";
import { TERMS } from "../support/network.ts";

const NOW = 1_000;
const POLICY = "0x00000000000000000000000000000000000a11ce";
const REQUEST = {
  ...{ ...TERMS, program: zeroHash, input: zeroHash, requester: zeroAddress, token: zeroAddress },
  ...{ nonce: 0n, expiry: NOW * 2, volume: 1, policy: POLICY, replicas: 1, maxReplicas: 1 },
};
const TASK = {
  ...{ round: 1, wanted: 1, postedAt: NOW - 12, openedAt: NOW - 12, phaseAt: NOW, committed: 0 },
  ...{ parameters: 1, status: "executing", commitWindow: REQUEST.commitWindow },
};
const PHASES = {
  open: { name: "open", task: TASK, closesAt: NOW + 9 },
  executing: { name: "executing", task: TASK, closesAt: NOW + 9 },
  failed: { name: "failed", task: TASK },
} as unknown as Readonly<Record<"open" | "executing" | "failed", Overview["phase"]>>;
const CONFIG = parseConfig({
  ...{ dataFolder: "/nowhere", key: { file: "/nowhere" } },
  chain: { id: 1, endpoints: ["http://nowhere"], market: zeroAddress },
  engines: { circuit: { policies: [POLICY] } },
});
const TAKEN = { status: "taken", round: 1, value: "0x" } as const;
const calls = new Proxy(
  {},
  { get: (_, purpose) => () => ({ kind: "transaction-queued", purpose, key: { round: 1 } }) },
);

interface Look {
  readonly phase?: keyof typeof PHASES;
  readonly seat?: Overview["seat"];
  readonly transaction?: Partial<Transaction>;
  readonly run?: (signal: AbortSignal) => Promise<unknown>;
  /** Whether the policy is gone at each look; the last one stays. */
  readonly gone?: readonly boolean[];
  readonly reason?: string;
  readonly request?: Partial<typeof REQUEST>;
}

/** One look at an assignment of a task that is proven, whose policy has gone. */
async function lookIn(state: OpenState, look: Look) {
  const { phase = "executing", seat = TAKEN, transaction, gone = [true], run, reason } = look;
  let looks = 0;
  const watchers: (() => void)[] = [];
  const policyGone = () => gone[Math.min(looks++, gone.length - 1)] === true;
  const overview = async () => ({
    ...{ phase: PHASES[phase], seat, now: NOW },
    ...(policyGone() && { policyGone: true as const }),
  });
  const request = { ...REQUEST, ...look.request };
  const context = {
    ...{ key: { task: zeroHash, round: 1 }, request, config: CONFIG, calls, roundCalls: calls },
    ...{ identity: { provider: 1 }, overview, memory: { failures: new Map() } },
    assignment: { facts: { result: { digest: zeroHash, proof: "0x" } }, postedBlock: 1, reason },
    journal: { offer: () => undefined },
    gate: { open: true, reasons: ["draining"] },
    head: () => ({ number: 10, timestamp: NOW }),
    transaction: () => transaction && { id: 7, ...transaction },
    market: { roster: async () => [1], policyGone: async () => policyGone() },
    runner: {
      run: async (_key: unknown, _request: unknown, signal: AbortSignal) => {
        for (const watcher of watchers) watcher();
        return await run?.(signal);
      },
      shred: async () => undefined,
    },
    backlog: { rank: async () => undefined },
    checkpoints: { of: () => undefined },
    logger: { warn: () => undefined },
    signal: new AbortController().signal,
    watch: (watcher: () => void) => {
      watchers.push(watcher);
      return () => undefined;
    },
  };
  return await HANDLERS[state](context as unknown as HandlerContext);
}

const LEFT = { kind: "move", to: "settling", reason: "policy-removed" };
const DROPPED = [{ kind: "transaction-dropped", id: 7 }];
const [queued, sent] = [{ status: "queued" } as const, { status: "sent" } as const];

describe("a seat of a task that nobody can prove any more", () => {
  it.each([
    // Rather than giving it back for a fee.
    ["seated", { phase: "open" }],
    ["seated", {}],
    ["running", {}],
    ["ran", {}],
    // The time to prove is over, or was never used.
    ["ran", { phase: "failed" }],
    ["abstaining", {}],
  ] as const)("is left from %s without a fee", async (state, look) => {
    expect(await lookIn(state, look)).toMatchObject(LEFT);
  });

  it("takes back what was not signed, and waits for an abstention that was", async () => {
    expect(await lookIn("ran", { transaction: queued })).toMatchObject({ ...LEFT, also: DROPPED });
    expect(await lookIn("ran", { transaction: sent })).toMatchObject({ ...LEFT, also: [] });
    expect(await lookIn("abstaining", { transaction: queued })).toMatchObject({
      ...{ ...LEFT, also: DROPPED },
    });
    expect(await lookIn("abstaining", { transaction: sent })).toMatchObject({ kind: "wait" });
    expect(await lookIn("declining", { phase: "open", transaction: queued })).toMatchObject({
      ...{ to: "seated", also: DROPPED },
    });
  });

  it("stops a run that is under way, and the next look leaves it", async () => {
    const run = (signal: AbortSignal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    expect(await lookIn("running", { gone: [false, true], run })).toMatchObject({ kind: "wait" });
  });

  it("does not abstain from what it could not run meanwhile", async () => {
    const run = async () => ({ kind: "abstained", reason: "other", detail: "" });
    const late = { gone: [false, false, true], run };
    expect(await lookIn("running", late)).toMatchObject(LEFT);
    const served = { gone: [false], run };
    expect(await lookIn("running", served)).toMatchObject({ to: "abstaining", reason: "other" });
  });

  it("ends the task at once, and is taken up again where the policy serves after a reorganisation", async () => {
    const reason = "policy-removed";
    for (const phase of ["executing", "failed", "open"] as const) {
      expect(await lookIn("settling", { phase, reason })).toMatchObject({
        ...{ kind: "record", transitions: [{ purpose: "expire" }] },
      });
    }
    expect(await lookIn("settling", { gone: [false], reason })).toMatchObject({ to: "seated" });
  });
});

describe("a task that nobody can prove any more", () => {
  const seat = { status: "none", round: 0, value: "0x" } as const;
  it("is not claimed, and a claim that was not signed is taken back", async () => {
    const lost = { to: "lost", reason: "policy-removed" };
    expect(await lookIn("eligible", { phase: "open", seat })).toMatchObject(lost);
    const claiming = { phase: "open", seat } as const;
    expect(await lookIn("claiming", { ...claiming, transaction: queued })).toMatchObject({
      ...{ ...lost, also: DROPPED },
    });
    expect(await lookIn("claiming", { ...claiming, transaction: sent })).toMatchObject({
      kind: "wait",
    });
  });

  it("is not run by who proves it without a seat", async () => {
    const request = { replicas: 0, maxReplicas: 0 };
    expect(await lookIn("running", { phase: "open", seat, request })).toMatchObject({
      ...{ to: "lost", reason: "policy-removed" },
    });
    expect(await lookIn("ran", { phase: "open", seat, request })).toMatchObject(LEFT);
  });
});
