import { panelIdOf } from "@deco-network/sdk";
import { parseEther } from "viem";

import { operatorOf } from "../../../../test/sdk/support/accepted-task.ts";
import type { AppealVerdict } from "../../src/index.ts";
import type { Stage, StagedTask, StagedTasks } from "./stage.ts";

/** Something that an auditor lives through, from its first to its last point. */
export interface Scenario {
  readonly name: string;
  /** Most that may be at risk, in base units. */
  readonly budget: bigint;
  /** What ends it: any of these written or said of each task. */
  readonly ends: readonly string[];
  /** Sets it going. @returns its tasks */
  begin(stage: Stage): Promise<StagedTasks>;
  /** Told of each function that the auditor called, once. */
  onFirst?(stage: Stage, tasks: StagedTasks, call: string): void;
  /** What others do meanwhile. */
  steer?(stage: Stage, tasks: StagedTasks, signal: AbortSignal): Promise<void>;
  /** What the auditor has lost or done twice, in words; undefined when nothing. */
  loss(stage: Stage, tasks: StagedTasks): Promise<string | undefined>;
}

const AMPLE = parseEther("1000");
/** One bond of these tasks, not two. */
const ONE_BOND = parseEther("60");
const CHALLENGE = 900;
/** Ends later, though it begins at the same time. */
const LATE_CHALLENGE = 3_000;
/** Whoever is faster than the auditor; none of the voters, judges. */
const RIVAL = 11;
const BEATEN = "appeal-withheld already-disputed";

/** One appeal, one bond, and the journal knows what became of it as the chain does. */
async function accounted(
  stage: Stage,
  task: StagedTask,
  verdict: AppealVerdict,
): Promise<string | undefined> {
  const disputes = await stage.ownDisputes(task);
  if (disputes.length !== 1) return `${disputes.length} appeals`;
  const [bond] = disputes.map(({ args }) => args.bond);
  const known = stage.appeals().find(({ taskId }) => taskId === task.taskId);
  if (known?.state !== "resolved") return `appeal ${known?.state}`;
  if (known.verdict !== verdict) return `verdict ${known.verdict}, not ${verdict}`;
  if (known.bond !== bond) return `bond ${known.bond}, not ${bond}`;
  const [end, ...more] = await stage.resolved(task);
  if (end === undefined || more.length > 0) return `bond resolved ${more.length} times more`;
  const { returned, awarded } = known;
  if (returned !== end.returned || awarded !== end.awarded) {
    return `${returned} and ${awarded} back, not ${end.returned} and ${end.awarded}`;
  }
  return undefined;
}

/** Bonds that were out or lost were never more than the budget, whatever the block. */
async function withinBudget(
  stage: Stage,
  tasks: StagedTasks,
  budget: bigint,
): Promise<string | undefined> {
  const changes: { readonly block: bigint; readonly by: bigint }[] = [];
  for (const task of tasks) {
    const [opened] = await stage.ownDisputes(task);
    const { blockNumber: from, args } = opened ?? {};
    if (from == null || args === undefined) continue;
    changes.push({ block: from, by: args.bond });
    const [resolved] = (await stage.events(task)).filter(
      ({ eventName }) => eventName === "BondResolved",
    );
    if (resolved?.blockNumber != null)
      changes.push({ block: resolved.blockNumber, by: -args.bond });
  }
  changes.sort((a, b) => Number(a.block - b.block));
  let out = 0n;
  for (const { block, by } of changes) {
    out += by;
    if (out > budget) return `${out} at risk in block ${block}, of ${budget}`;
  }
  return undefined;
}

/** Waits for the decision, and lets the windows after it pass. */
async function windowsPass(stage: Stage, task: StagedTask, index: number, signal: AbortSignal) {
  await stage.until(signal, async () => {
    const { status } = await stage.network.reader.getDispute({ taskId: task.taskId, index });
    return status === "voting" ? undefined : true;
  });
  if (!signal.aborted) await stage.pass(task.request.challengeWindow + 1);
}

/** A lie; the panel sees the truth, and leaves it to the auditor to have it decided and the task ended. */
const overturned: Scenario = {
  ...{ name: "overturned", budget: AMPLE, ends: ["appeal-resolved"] },
  begin: async (stage) => [await stage.accepted(stage.lie, { challengeWindow: CHALLENGE })],
  async steer(stage, tasks, signal) {
    for (const task of tasks) {
      const index = await stage.appealed(task, signal);
      if (index === undefined) return;
      await stage.vote(task, panelIdOf(task.taskId, index, 1), stage.truth);
      await windowsPass(stage, task, index, signal);
    }
  },
  async loss(stage, [task]) {
    return await accounted(stage, task, "right");
  },
};

/** A lie that the panel upholds: the bond is lost, and stays within the budget as lost. */
const upheld: Scenario = {
  ...{ name: "upheld", budget: AMPLE, ends: ["appeal-resolved"] },
  begin: async (stage) => [await stage.accepted(stage.lie, { challengeWindow: CHALLENGE })],
  async steer(stage, [task], signal) {
    const index = await stage.appealed(task, signal);
    if (index === undefined) return;
    const roster = await stage.vote(task, panelIdOf(task.taskId, index, 1), stage.lie);
    const { request } = task;
    await stage.network.requester.decide({ request, index, roster, decision: stage.lie });
    await windowsPass(stage, task, index, signal);
  },
  async loss(stage, [task]) {
    return await accounted(stage, task, "wrong");
  },
};

/** Nobody comes to the panel: the auditor ends it, and then the task. */
const deserted: Scenario = {
  ...{ name: "deserted", budget: AMPLE, ends: ["appeal-resolved"] },
  begin: async (stage) => [await stage.accepted(stage.lie, { challengeWindow: CHALLENGE })],
  async steer(stage, [task], signal) {
    const index = await stage.appealed(task, signal);
    if (index === undefined) return;
    await stage.pass(task.request.claimWindow + 1);
    await windowsPass(stage, task, index, signal);
  },
  async loss(stage, [task]) {
    return await accounted(stage, task, "undecided");
  },
};

/** Two lies, and money for one appeal at a time. */
const narrow: Scenario = {
  ...overturned,
  ...{ name: "narrow", budget: ONE_BOND },
  async begin(stage) {
    const first = await stage.accepted(stage.lie, { challengeWindow: CHALLENGE });
    const second = await stage.accepted(stage.lie, { challengeWindow: LATE_CHALLENGE });
    return [first, second];
  },
  async loss(stage, tasks) {
    for (const task of tasks) {
      const lost = await accounted(stage, task, "right");
      if (lost !== undefined) return `${task.taskId}: ${lost}`;
    }
    return await withinBudget(stage, tasks, ONE_BOND);
  },
};

/** The truth: there is nothing to appeal. */
const right: Scenario = {
  ...{ name: "right", budget: AMPLE, ends: ["task-judged"] },
  begin: async (stage) => [await stage.accepted(stage.truth, { challengeWindow: CHALLENGE })],
  async loss(stage, [task]) {
    const disputes = await stage.ownDisputes(task);
    return disputes.length === 0 && stage.appeals().length === 0 ? undefined : "appealed";
  },
};

/** Somebody else appeals while the auditor gets ready to: none of its money is out. */
const beaten: Scenario = {
  ...{ name: "beaten", budget: AMPLE, ends: ["appeal-missed", BEATEN] },
  begin: async (stage) => [await stage.accepted(stage.lie, { challengeWindow: CHALLENGE })],
  onFirst(stage, [{ request }], call) {
    if (call !== "approve") return;
    stage.blocks.pause();
    // Both are in the next block; the auditor has looked for disputes before.
    void operatorOf(stage.network, RIVAL).appeal({ request });
    setTimeout(() => stage.blocks.resume(), 500);
  },
  async loss(stage, [task]) {
    const own = await stage.ownDisputes(task);
    if (own.length > 0) return "the rival was too late";
    const [known] = stage.appeals();
    return known === undefined || known.state === "missed" ? undefined : `appeal ${known.state}`;
  },
};

export const SCENARIOS: readonly Scenario[] = [
  ...[right, overturned, upheld, deserted, narrow, beaten],
];
