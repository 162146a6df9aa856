import { commitmentOf, tagOf, votePrefix } from "@deco-network/sdk";
import { zeroAddress } from "viem";

import type { HandlerContext, Overview } from "../../src/assignments/context.ts";
import { HANDLERS, type OpenState } from "../../src/assignments/handlers/index.ts";
import { parseConfig } from "../../src/index.ts";
import type { Transaction } from "../../src/journal/rows.ts";
import { encodeRequest } from "../../src/market/request.ts";
import { resultOf } from "../../src/results/result-of.ts";
import type { GateReason } from "../../src/services/intake-gate.ts";
import { TERMS } from "../support/network.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const TASK = hash("a");
const NOW = 1_000;
const PROVIDER = 1;
const RESULT = { digest: hash("d") };
const OTHER = { digest: hash("e") };
const SALT = hash("5");
const DIGESTS = { program: hash("1"), input: hash("2") };
const REQUEST = {
  ...{ ...TERMS, ...DIGESTS, requester: zeroAddress, token: zeroAddress },
  ...{ nonce: 0n, expiry: NOW * 2, volume: 1, minWeight: 0 },
};
const POLICY = "0x00000000000000000000000000000000000a11ce";
const ENCODED = encodeRequest(REQUEST);
const IDENTITY = {
  ...{ provider: PROVIDER, operator: zeroAddress, chainId: 1, market: zeroAddress },
};

const of = { taskId: TASK, round: 1, provider: PROVIDER };
const TAG = tagOf(TASK, 1, resultOf(RESULT));
const COMMITMENT = commitmentOf({ ...of, tag: TAG, salt: SALT });

const LIVE = {
  ...{ taskId: TASK, round: 1, seats: 1, wanted: 1, taken: 1, committed: 1, abstained: 0 },
  ...{ revealed: 0, reasons: {}, reseeded: false, parameters: 1, postedAt: NOW - 100 },
  ...{ openedAt: NOW - 100, phaseAt: NOW - 1, commitWindow: 20, revealWindow: 15, seedBlock: 1 },
  ...{ totalStake: 1n, folded: false, status: "open" },
} as const;
const task = { ...LIVE } as never;

/** Every phase that an executor can find a task in, with what its handlers tell apart. */
const PHASES: readonly Overview["phase"][] = [
  { name: "absent" },
  { name: "open", task, closesAt: NOW + 20 },
  { name: "open", task: { ...LIVE, round: 2 } as never, closesAt: NOW + 20 },
  { name: "unfilled", task },
  { name: "executing", task, closesAt: NOW + 20 },
  { name: "revealing", task, closesAt: NOW + 20, complete: false },
  { name: "revealing", task, closesAt: NOW + 20, complete: true },
  { name: "counting", task, closesAt: NOW + 20 },
  { name: "failed", task },
  { name: "settled", result: RESULT.digest },
  { name: "settled", result: OTHER.digest },
  { name: "ended", reason: "vote-failed" },
];
const SEATS: readonly Overview["seat"][] = [
  ...(["none", "taken", "declined", "abstained"] as const).map((status) => ({
    ...{ status, round: 1, value: "0x" as const },
  })),
  { status: "committed", round: 1, value: votePrefix(COMMITMENT) },
  { status: "committed", round: 1, value: votePrefix(hash("f")) },
  { status: "revealed", round: 1, value: votePrefix(TAG) },
];
const TRANSACTIONS: readonly (Partial<Transaction> | undefined)[] = [
  undefined,
  { status: "queued" },
  { status: "sent" },
  { status: "refused", error: "WrongStatus" },
  { status: "refused", error: "NoFurtherRound" },
  { status: "final", success: true },
];
const FACTS = [
  {},
  { result: RESULT, retainUntil: NOW + 5 },
  { result: RESULT, retainUntil: NOW - 5 },
  { abstainReason: 1 },
] as const;
const GATES: readonly (readonly GateReason[])[] = [[], ["draining"]];
const RUNS = ["completed", "abstained"] as const;

interface Situation {
  readonly phase: Overview["phase"];
  readonly seat: Overview["seat"];
  readonly transaction: Partial<Transaction> | undefined;
  readonly facts: (typeof FACTS)[number];
  readonly gate: readonly GateReason[];
  readonly run: (typeof RUNS)[number];
  readonly standing: boolean;
  /** Decided by a proof. */
  readonly replicas?: 0 | 1;
  /** Nobody can prove it any more. */
  readonly gone?: true;
}

function* situations(): Generator<Situation> {
  for (const phase of PHASES)
    for (const seat of SEATS)
      for (const transaction of TRANSACTIONS)
        for (const facts of FACTS)
          for (const gate of GATES)
            for (const run of RUNS)
              for (const standing of [true, false])
                yield { phase, seat, transaction, facts, gate, run, standing };
  // The same but for what proofs have nothing to do with.
  const [gate, standing] = [[], false] as const;
  for (const replicas of [0, 1] as const)
    for (const phase of PHASES)
      for (const seat of SEATS)
        for (const transaction of TRANSACTIONS)
          for (const facts of FACTS)
            for (const run of RUNS)
              for (const gone of [undefined, true] as const)
                yield {
                  ...{ phase, seat, transaction, facts, gate, run, standing, replicas },
                  ...(gone && { gone }),
                };
}

/** Every move that the handlers make anywhere, as "from > to". */
export async function movesOfHandlers(): Promise<Set<string>> {
  const moves = new Set<string>();
  for (const [state, handler] of Object.entries(HANDLERS)) {
    for (const situation of situations()) {
      const context = contextOf(state as OpenState, situation);
      const step = await handler(context);
      if (step.kind === "move") moves.add(`${state} > ${step.to}`);
    }
  }
  return moves;
}

const CONFIG = parseConfig({
  ...{ dataFolder: "/nowhere", key: { file: "/nowhere" } },
  chain: { id: 1, endpoints: ["http://nowhere"], market: zeroAddress },
  engines: { circuit: { policies: [POLICY] } },
});
const nothing = () => undefined;
const logger = { info: nothing, warn: nothing, error: nothing, fatal: nothing, debug: nothing };
/** Builds any call; only its purpose counts. */
const calls = new Proxy(
  {},
  {
    get: (_, purpose) => () => ({
      ...{ kind: "transaction-queued", key: { task: TASK, round: 1 }, purpose },
      ...{ to: zeroAddress, data: "0x" },
    }),
  },
);

/** One look of a handler at a situation, with parts that answer at once. */
function contextOf(state: OpenState, situation: Situation): HandlerContext {
  const { phase, seat, transaction, facts, gate, run, standing, replicas, gone } = situation;
  const request =
    replicas === undefined
      ? REQUEST
      : { ...REQUEST, policy: POLICY, replicas, maxReplicas: replicas };
  const key = { task: TASK, round: 1 };
  const provider = { leaving: false, dormant: false, trust: 10, free: REQUEST.lock * 2n };
  const context = {
    ...{
      config: CONFIG,
      identity: IDENTITY,
      key,
      request,
      calls,
      roundCalls: calls,
      logger,
    },
    assignment: {
      ...{ key, state, facts, postedBlock: 1, updatedAt: 0 },
      request: ENCODED,
    },
    journal: {
      offer: nothing,
      commitment: () => (standing ? { key, commitment: COMMITMENT, tag: TAG } : undefined),
    },
    gate: { open: gate.length === 0, reasons: gate, close: nothing },
    market: {
      provider: async () => ({ ...provider, stake: { active: 10n ** 18n, since: 0 } }),
      seed: async () => ({ status: "known", seed: hash("0") }),
      terms: async () => ({ declineGrace: 0 }),
      roster: async () => [PROVIDER],
      policyGone: async () => gone === true,
    },
    runner: {
      prepare: async () =>
        run === "completed" ? { kind: "ready" } : { kind: "refused", reason: "x" },
      run: async () =>
        run === "completed"
          ? { kind: "completed", result: RESULT }
          : { kind: "abstained", reason: "other", detail: "" },
      release: async () => undefined,
      shred: async () => undefined,
    },
    checkpoints: {
      of: () => undefined,
      release: async () => undefined,
    },
    results: {
      ...{ publish: async () => undefined, discard: async () => undefined },
      ...{ unpin: async () => undefined, document: async () => undefined },
    },
    backlog: {
      ...{ admit: async () => undefined, judge: () => nothing },
      rank: async () => ({ class: "seat", deadline: NOW, perSecond: 0 }),
    },
    vote: (computed: unknown) => computed,
    // Only results that were published are looked at again after a deep reorganisation.
    memory: { failures: new Map([[1, 0]]), absentSince: -100, deepRollback: true },
    head: () => ({ number: 10, timestamp: NOW, hash: "0x", parent: "0x" }),
    signal: new AbortController().signal,
    salt: () => SALT,
    transaction: (purpose: string) => transaction && { id: 1, purpose, ...transaction },
    watch: () => nothing,
    overview: async () => ({ phase, seat, now: NOW, ...(gone && { policyGone: gone }) }),
    confirmedReveal: async () => true,
    confirmedEnd: async () => true,
  };
  return context as unknown as HandlerContext;
}
