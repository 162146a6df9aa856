import { type Request, taskIdOf } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { Stage } from "./stage.ts";
import type { Mode } from "./subject.ts";

/** `SeatOutcome` in the contracts. */
const [AGREED, ABSTAINED, RELEASED] = [1, 5, 6];

/** Something that an executor lives through, from its first to its last point. */
export interface Scenario {
  readonly name: string;
  readonly mode: Mode;
  /** Whether the executor begins with an empty folder. */
  readonly fresh?: true;
  /** Whether a policy is removed. */
  readonly removes?: true;
  /** Sets it going. @returns its task, if it has one */
  begin(stage: Stage): Promise<Hash | undefined>;
  /** What others do meanwhile. */
  steer?(stage: Stage, task: Hash, signal: AbortSignal): Promise<void>;
  /** What the provider has lost, in words; undefined when nothing. */
  loss(stage: Stage, task: Hash): Promise<string | undefined>;
}

/** Windows wide enough for restarts: a single seat waits for none of them. */
const WIDE = { commitWindow: 120, revealWindow: 60, claimWindow: 30, rampSeconds: 30 };
const FOLDED = { ...WIDE, allocatorWindow: 60 };

export async function seen(stage: Stage, task: Hash) {
  const events = await stage.network.events(task);
  const count = (...names: string[]) =>
    events.filter(({ eventName }) => names.includes(eventName)).length;
  const outcomes = events.flatMap(({ args }) => ("outcome" in args ? [args.outcome] : []));
  return { events, count, outcomes };
}

/** One seat, one commitment, paid, and the outputs are there for whoever asks. */
async function paid(stage: Stage, task: Hash): Promise<string | undefined> {
  const { events, count, outcomes } = await seen(stage, task);
  const told = events.map(({ eventName }) => eventName).join(" ");
  if (count("SeatTaken", "SeatAssigned") !== 1) return `not one seat: ${told}`;
  if (count("Committed") !== 1) return `not one commitment: ${told}`;
  if (outcomes.length !== 1 || outcomes[0] !== AGREED) return `outcome ${outcomes}: ${told}`;
  return stage.statesOf(task).has("published") ? undefined : "never published";
}

export const open: Scenario = {
  ...{ name: "open", mode: "run" },
  begin: (stage) => stage.network.post({ terms: WIDE }),
  loss: paid,
};

const requests = new Map<Hash, Request>();

function requestOf(task: Hash): Request {
  const request = requests.get(task);
  if (!request) throw new RangeError("no request");
  return request;
}

export const fold: Scenario = {
  ...{ name: "fold", mode: "run" },
  async begin({ network, allocator }) {
    const terms = { ...FOLDED, allocator: allocator.listed.address };
    const request = await network.request({ terms });
    const task = taskIdOf(network.devnet.deployment, request);
    requests.set(task, request);
    return task;
  },
  async steer(stage, task, signal) {
    const [provider] = stage.network.providers;
    if (!provider) throw new RangeError("no provider");
    const endpoint = async () => await stage.life?.ready;
    await stage.allocator.serve(requestOf(task), provider.id, endpoint, signal);
  },
  loss: paid,
};

/** No seat and no commitment: the one proof that the chain took, paid, and kept for whoever asks. */
const unseated: Scenario = {
  ...{ name: "unseated", mode: "run" },
  async begin(stage) {
    const seatless = { ...WIDE, replicas: 0, maxReplicas: 0 };
    return await stage.network.postRequest(await stage.proven(5, seatless));
  },
  async loss(stage, task) {
    const { events, count } = await seen(stage, task);
    const told = events.map(({ eventName }) => eventName).join(" ");
    if (count("SeatTaken", "Committed") !== 0) return `a seat: ${told}`;
    const own = stage.network.providers[0]?.id;
    const proven = events.flatMap(({ eventName, args }) =>
      eventName === "ResultProven" && args.provider === own ? [args.paid] : [],
    );
    if (proven.length !== 1 || proven[0] === 0n) return `not one proof: ${told}`;
    return stage.statesOf(task).has("published") ? undefined : "never published";
  },
};

const abstain: Scenario = {
  ...{ name: "abstain", mode: "abstain" },
  begin: (stage) => stage.network.post({ terms: { ...WIDE, commitWindow: 60 } }),
  async loss(stage, task) {
    const { count, outcomes } = await seen(stage, task);
    const once =
      count("SeatTaken") === 1 && count("Committed") === 0 && count("SeatAbstained") === 1;
    return once && outcomes.join() === String(ABSTAINED) ? undefined : `outcome ${outcomes}`;
  },
};

/** The policy is removed while the seat is held: it is left without a fee, by the free call. */
const removed: Scenario = {
  ...{ name: "removed", mode: "stuck", removes: true },
  async begin(stage) {
    const single = { ...WIDE, replicas: 1, maxReplicas: 1, minAgreeing: 1 };
    return await stage.network.postRequest(await stage.proven(5, single, stage.doomed));
  },
  async steer(stage, task, signal) {
    while (!signal.aborted) {
      if (stage.statesOf(task).has("running")) return await stage.removeDoomed();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  },
  async loss(stage, task) {
    const { count, outcomes } = await seen(stage, task);
    const free = count("SeatTaken") === 1 && count("SeatAbstained", "SeatDeclined") === 0;
    return free && outcomes.join() === String(RELEASED) ? undefined : `outcome ${outcomes}`;
  },
};

const NEVER_FULL = { replicas: 2, maxReplicas: 2 };

const decline: Scenario = {
  ...{ name: "decline", mode: "run" },
  async begin({ network }) {
    const terms = { ...NEVER_FULL, claimWindow: 30, rampSeconds: 30 };
    const request = await network.request({ terms });
    const task = await network.postRequest(request);
    requests.set(task, request);
    return task;
  },
  async steer(stage, task, signal) {
    const request = requestOf(task);
    // Whoever stops gives back the seat of a round that is not full.
    while (!signal.aborted) {
      const { count } = await seen(stage, task);
      const late = stage.statesOf(task).has("settling");
      if (count("SeatTaken") > count("SeatDeclined") && !late) stage.life?.stop();
      // Its lock is free, so it has no reason to end the task; its requester has.
      if (count("SeatDeclined") > 0) await stage.allocator.expire(request).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  },
  async loss(stage, task) {
    const { count, outcomes } = await seen(stage, task);
    const once = count("SeatTaken") === 1 && count("SeatDeclined") === 1;
    return once && outcomes.length === 0 ? undefined : `outcome ${outcomes}`;
  },
};

const unfilled: Scenario = {
  ...{ name: "unfilled", mode: "run" },
  begin: (stage) =>
    stage.network.post({ terms: { ...NEVER_FULL, claimWindow: 10, rampSeconds: 10 } }),
  async loss(stage, task) {
    const { count } = await seen(stage, task);
    return count("SeatTaken") <= 1 && count("TaskEnded") === 1 ? undefined : "not ended";
  },
};

const refused: Scenario = {
  ...{ name: "refused", mode: "run" },
  begin: (stage) => stage.network.post({ terms: { minTrust: 50 } }),
  async loss(stage, task) {
    const { count } = await seen(stage, task);
    return count("SeatTaken") === 0 ? undefined : "a seat was taken";
  },
};

/** The first start in an empty folder: the endpoint is described. */
const start: Scenario = {
  ...{ name: "start", mode: "run", fresh: true },
  begin: async () => undefined,
  async loss(stage) {
    const endpoint = await stage.life?.ready;
    const provider = stage.network.providers[0]?.id ?? 0;
    const [described] = await stage.allocator.wallet().listEndpoints({ providers: [provider] });
    const told = described?.addresses.join(",");
    return endpoint === told ? undefined : `described ${told}, not ${endpoint}`;
  },
};

export const SCENARIOS: readonly Scenario[] = [
  // The first start comes first: later ones find the others' tasks.
  ...[start, open, fold, unseated, removed, abstain, decline, unfilled, refused],
];
