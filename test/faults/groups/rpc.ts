import { setTimeout as sleep } from "node:timers/promises";
import { isExecutorError } from "@deco-network/executor";

import { randomFrom } from "../../differential/random.ts";
import { type Fault, PAID, type Places, type Trial } from "../fault.ts";
import { Laboratory } from "../support/laboratory.ts";
import { type RpcFault, RpcProxy, type RpcRule } from "../support/rpc-proxy.ts";

/** When, in the life of a task, a fault begins. */
const STAGES = ["TaskPosted", "SeatTaken", "Committed"] as const;
type Stage = (typeof STAGES)[number];
/** How long faults last from which no other endpoint helps. */
const OUTAGE_MILLIS = 3_000;

interface RpcTrouble {
  readonly name: string;
  readonly does: string;
  readonly sample?: true;
  readonly endpoints: number;
  /** The rules of each endpoint, the preferred first. */
  readonly rules: readonly (readonly RpcRule[])[];
  /** Whether the fault ends by itself; otherwise it stays until the task is settled. */
  readonly ends?: true;
  /** A code that the log must have, else the fault was not felt. */
  readonly code?: string;
  /** When it begins; default at any stage. */
  readonly stages?: readonly Stage[];
}

/** A fault of the endpoints, at a stage of the task that the seed chooses. */
function rpcFault(trouble: RpcTrouble): Fault {
  const { name, does, sample, endpoints, rules, ends, code, stages = STAGES } = trouble;
  return {
    ...{ name: `rpc-${name}`, group: "rpc", does, expects: PAID },
    ...(sample && { sample }),
    async attempt(places, seed) {
      const lab = await places.use("laboratory", () => Laboratory.open());
      const proxies = await openProxies(lab, endpoints, seed);
      try {
        const daemon = await lab.start(lab.chainAt(proxies.map(({ url }) => url)));
        const stage = randomFrom(seed).pick(stages);
        const task = await lab.post();
        await lab.event(task, stage);
        let over = performance.now();
        await Promise.all(proxies.map((proxy, i) => proxy.inject(...(rules[i] ?? []))));
        if (ends) {
          await sleep(OUTAGE_MILLIS);
          await Promise.all(proxies.map((proxy) => proxy.inject()));
          over = performance.now();
        }
        const trial = await lab.trial(daemon, task, over);
        return code && !daemon.codes.includes(code) ? { ...trial, outcome: "not-felt" } : trial;
      } finally {
        await lab.stop();
        await Promise.all(proxies.map((proxy) => proxy.close()));
      }
    },
  };
}

function openProxies(lab: Laboratory, count: number, seed: number): Promise<RpcProxy[]> {
  const { rpcUrl } = lab.network.devnet;
  return Promise.all(
    Array.from({ length: count }, (_, i) => RpcProxy.start(rpcUrl, seed * count + i)),
  );
}

/** The preferred one of three endpoints has it, from some moment on. */
function first(fault: RpcFault, code: string, does: string, sample?: true): Fault {
  return rpcFault({
    ...{ name: fault, does, code, endpoints: 3, rules: [[{ fault }]] },
    ...(sample && { sample }),
  });
}

/** All endpoints have it for some seconds. */
function all(fault: RpcFault, code: string, does: string): Fault {
  const rules = [[{ fault }], [{ fault }]];
  return rpcFault({ name: `all-${fault}`, does, code, endpoints: 2, rules, ends: true });
}

const FLAKY: readonly RpcRule[] = (
  ["drop", "rate-limit", "server-error", "malformed"] satisfies RpcFault[]
).map((fault) => ({ fault, chance: 0.04 }));

async function wrongAtStart(places: Places, seed: number): Promise<Trial> {
  const lab = await places.use("laboratory", () => Laboratory.open());
  const proxies = await openProxies(lab, 2, seed);
  const started = performance.now();
  try {
    await proxies[1]?.inject({ fault: "wrong-chain" });
    await lab.start(lab.chainAt(proxies.map(({ url }) => url)));
    return { outcome: "started", recoveryMillis: 0 };
  } catch (error) {
    const host = new URL(proxies[1]?.url ?? "").host;
    const named = isExecutorError(error) && error.message.includes(host);
    const recoveryMillis = Math.round(performance.now() - started);
    return { outcome: named ? error.code : String(error), recoveryMillis };
  } finally {
    await lab.stop();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}

export const RPC_FAULTS: readonly Fault[] = [
  first("drop", "endpoint-dropped", "an endpoint closes every connection"),
  first("hang", "endpoint-timeout", "an endpoint takes questions and never answers", true),
  first("rate-limit", "endpoint-rate-limited", "an endpoint answers 429 with Retry-After"),
  first("server-error", "endpoint-failing", "an endpoint answers 503"),
  first("malformed", "endpoint-malformed", "an endpoint sends half of each answer"),
  rpcFault({
    ...{
      name: "stale-head",
      code: "endpoint-stale",
      endpoints: 3,
      rules: [[{ fault: "stale-head" }]],
    },
    does: "an endpoint stays at a block while the others go on",
    // It takes a while to tell it from one that is slow.
    stages: ["TaskPosted"],
  }),
  rpcFault({
    ...{ name: "lying-receipts", code: "endpoint-lied", endpoints: 3 },
    does: "an endpoint invents failures in blocks that never were",
    rules: [[{ fault: "lying-receipts", methods: ["eth_getTransactionReceipt"] }]],
    sample: true,
  }),
  rpcFault({
    ...{ name: "flipped-receipts", endpoints: 3 },
    does: "an endpoint says of each transaction that it failed, in its true block",
    rules: [[{ fault: "flipped-receipts", methods: ["eth_getTransactionReceipt"] }]],
  }),
  rpcFault({
    ...{ name: "lying-blocks", code: "endpoint-lied", endpoints: 3 },
    does: "an endpoint dates each block a day later",
    rules: [[{ fault: "lying-blocks", methods: ["eth_getBlockByNumber", "eth_getBlockByHash"] }]],
  }),
  rpcFault({
    ...{ name: "wrong-chain", code: "endpoint-wrong-chain", endpoints: 3 },
    does: "an endpoint comes back from a short absence as one of another chain",
    rules: [[{ fault: "drop", times: 1 }, { fault: "wrong-chain" }]],
  }),
  {
    ...{ name: "rpc-wrong-chain-at-start", group: "rpc", expects: "chain-mismatch" },
    does: "an endpoint of the configuration serves another chain",
    sample: true,
    attempt: wrongAtStart,
  },
  rpcFault({
    ...{ name: "witness-away", endpoints: 2, code: "reveal-single-witness" },
    does: "the second of two endpoints is gone for good: no two witnesses for the reveal",
    rules: [[], [{ fault: "drop" }]],
  }),
  all("drop", "endpoint-dropped", "all endpoints close every connection for 3 s"),
  all("hang", "endpoint-timeout", "all endpoints hang for 3 s"),
  all("rate-limit", "endpoint-rate-limited", "all endpoints answer 429 for 3 s"),
  rpcFault({
    ...{ name: "flaky", endpoints: 2, rules: [FLAKY, FLAKY] },
    does: "both endpoints drop, limit, fail and garble one call in seven, by chance",
  }),
];
