import type { Request } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { encodeFunctionData, type Hash, parseGwei } from "viem";
import { getBlock, sendTransaction } from "viem/actions";

import type { HandedOver, SignedOrder, Stage } from "./stage.ts";

/** `SeatOutcome` in the contracts. */
const AGREED = 1;

/** Something that an order goes through, from its first to its last point. */
export interface Scenario {
  readonly name: string;
  terms(stage: Stage): Promise<Partial<Request>>;
  /** Told of each thing that the allocator did with the order, once. */
  onFirst?(stage: Stage, order: SignedOrder, did: string): void;
  /** Asked once its requester has been told that it is open, or refused. */
  isOver(stage: Stage, task: Hash): Promise<boolean>;
  /** What was lost or done twice, in words; undefined when nothing. */
  loss(stage: Stage, order: SignedOrder, handed: HandedOver): Promise<string | undefined>;
}

/** Windows wide enough for restarts. */
const WIDE = { commitWindow: 40, revealWindow: 40, claimWindow: 30, rampSeconds: 30 };
const PAIR = { ...WIDE, replicas: 2, maxReplicas: 2, minAgreeing: 2 };
/** More than any other transaction pays; no estimate, which would judge by what waits already. */
const FIRST_IN_BLOCK = {
  ...{ maxFeePerGas: parseGwei("200"), maxPriorityFeePerGas: parseGwei("100"), gas: 500_000n },
};

/** Every transaction of the order that was signed has its end. */
function landed(stage: Stage, task: Hash): boolean {
  const { did } = stage.told(task);
  return ["open", "commit"].every(
    (purpose) =>
      did.lastIndexOf(`transaction-landed ${purpose}`) >=
      did.lastIndexOf(`attempt-signed ${purpose}`),
  );
}

async function settled(stage: Stage, task: Hash): Promise<boolean> {
  const events = await stage.network.events(task);
  return events.some(({ eventName }) => eventName === "TaskSettled") && landed(stage, task);
}

/** Opened once, each seat given once, one signed transaction for each purpose, and settled. */
async function openedOnce(
  stage: Stage,
  { taskId, request }: SignedOrder,
  nonces = 1,
): Promise<string | undefined> {
  const events = await stage.network.events(taskId);
  const told = events.map(({ eventName }) => eventName).join(" ");
  const posted = events.filter(({ eventName }) => eventName === "TaskPosted").length;
  if (posted !== 1) return `opened ${posted} times: ${told}`;
  const ends = events.flatMap((event) => (event.eventName === "SeatEnded" ? [event.args] : []));
  if (new Set(ends.map(({ provider }) => provider)).size !== request.replicas) {
    return `seats of ${ends.map(({ provider }) => provider)}: ${told}`;
  }
  if (ends.length !== request.replicas) return `${ends.length} seats ended: ${told}`;
  if (ends.some(({ outcome }) => outcome !== AGREED)) return `not all agreed: ${told}`;
  for (const [purpose, used] of stage.told(taskId).nonces) {
    const most = purpose === "open" ? nonces : 1;
    if (used.size > most) return `${used.size} transactions to ${purpose}`;
  }
  return undefined;
}

/** A full round, kept as one word: the allocator brings its commitments, or its seats do without. */
const fold: Scenario = {
  name: "fold",
  terms: async () => PAIR,
  isOver: settled,
  loss: (stage, order) => openedOnce(stage, order),
};

/** A single seat. */
const assign: Scenario = {
  name: "assign",
  terms: async () => WIDE,
  isOver: settled,
  loss: (stage, order) => openedOnce(stage, order),
};

/** Blocks become so dear that the transaction is left out until its fee is raised. */
const dear: Scenario = {
  ...assign,
  name: "dear",
  onFirst(stage, _, did) {
    if (did !== "order-matched") return;
    const fee = `0x${parseGwei("20").toString(16)}`;
    void stage.node("anvil_setNextBlockBaseFeePerGas", [fee]);
  },
};

/** More seats than there are executors: refused when its time is over. */
const unfilled: Scenario = {
  name: "unfilled",
  async terms(stage) {
    const { timestamp } = await getBlock(stage.market.client);
    const seats = { replicas: 3, maxReplicas: 3, minAgreeing: 2 };
    return { ...WIDE, ...seats, expiry: Number(timestamp) + 15 };
  },
  isOver: async () => true,
  async loss(stage, { taskId }, { states }) {
    if (states.at(-1) !== "refused") return "not refused";
    const { length } = await stage.network.events(taskId);
    return length === 0 ? undefined : "opened";
  },
};

/** Its requester takes it back, faster than the transaction that opens it. */
const cancelled: Scenario = {
  name: "cancelled",
  terms: async () => WIDE,
  onFirst(stage, { request }, did) {
    if (did !== "order-matched") return;
    stage.blocks.pause();
    const to = stage.market.deployment.market;
    const data = encodeFunctionData({
      ...{ abi: decoMarketAbi, functionName: "cancelRequest", args: [request] },
    });
    resumeAfter(stage, sendTransaction(stage.wallet(0), { to, data, ...FIRST_IN_BLOCK }));
  },
  isOver: async (stage, task) => stage.told(task).did.includes("order-refused"),
  async loss(stage, { taskId }) {
    const events = await stage.network.events(taskId);
    const opened = events.some(({ eventName }) => eventName === "TaskPosted");
    return opened ? "the requester was too late" : undefined;
  },
};

/** Blocks go on once the node has what must be first in one, and the allocator has had time to send its own. */
function resumeAfter(stage: Stage, sending: Promise<unknown>): void {
  const pause = new Promise((resolve) => setTimeout(resolve, 500));
  void Promise.allSettled([sending, pause]).then(() => stage.blocks.resume());
}

/** Something else uses the nonce of the transaction that opens it. */
const displaced: Scenario = {
  ...assign,
  name: "displaced",
  onFirst(stage, { taskId }, did) {
    if (did !== "attempt-signed open") return;
    stage.blocks.pause();
    const [nonce] = stage.told(taskId).nonces.get("open") ?? [];
    if (nonce === undefined) throw new RangeError("it was signed");
    const to = stage.allocator.address;
    resumeAfter(stage, sendTransaction(stage.wallet(-1), { to, nonce, ...FIRST_IN_BLOCK }));
  },
  loss: (stage, order) => openedOnce(stage, order, 2),
};

export const SCENARIOS: readonly Scenario[] = [
  ...[fold, assign, dear, unfilled, cancelled, displaced],
];
