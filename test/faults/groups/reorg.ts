import { type Fault, PAID, type Places, type Trial } from "../fault.ts";
import { FoldedLaboratory } from "../support/folded-laboratory.ts";
import { Laboratory } from "../support/laboratory.ts";
import { reorganiseKeeping } from "../support/reorganise-keeping.ts";

const DEPTHS = [1, 2, 6, 32, 64] as const;

/** What is undone, by the event that shows it. */
const STAGES = {
  post: "TaskPosted",
  claim: "SeatTaken",
  commit: "Committed",
  reveal: "Revealed",
  settle: "TaskSettled",
} as const;
type Stage = keyof typeof STAGES;

/** The same of a task that an allocator opened: seats keep commitments and settlement in one word. */
const FOLDED_STAGES = { "commit-folded": "Committed", "settle-folded": "TaskSettled" } as const;
type FoldedStage = keyof typeof FOLDED_STAGES;

async function reorganiseAt(places: Places, stage: Stage, depth: number): Promise<Trial> {
  const lab = await places.use("laboratory", () => Laboratory.open());
  const { client } = lab.network;
  try {
    const daemon = await lab.start();
    await lab.distance();
    const task = await lab.post();
    const posted = await lab.event(task, STAGES.post);
    const undone = await lab.event(task, STAGES[stage]);
    const deep = await lab.buried(undone, depth);
    await reorganiseKeeping(client, deep, [posted.transactionHash]);
    const over = performance.now();
    return await lab.trial(daemon, task, over);
  } finally {
    await lab.stop();
  }
}

/** The requester does not offer its post again: the task is gone for good. */
async function losePost(places: Places): Promise<Trial> {
  const lab = await places.use("laboratory", () => Laboratory.open());
  try {
    const daemon = await lab.start();
    const task = await lab.post();
    const posted = await lab.event(task, "TaskPosted");
    await lab.event(task, "Committed");
    await reorganiseKeeping(lab.network.client, await lab.buried(posted, 1), []);
    return await lab.refusal(daemon, task, performance.now());
  } finally {
    await lab.stop();
  }
}

async function reorganiseFolded(places: Places, stage: FoldedStage, depth: number): Promise<Trial> {
  const lab = await places.use("folded laboratory", FoldedLaboratory.open);
  await lab.distance();
  const task = await lab.open();
  const opened = await lab.event(task, "TaskPosted");
  const undone = await lab.event(task, FOLDED_STAGES[stage]);
  const deep = await lab.buried(undone, depth);
  await reorganiseKeeping(lab.client, deep, [opened.transactionHash]);
  const over = performance.now();
  return await lab.trial(task, over);
}

/** What every run of the tests has; shallow ones are among the daemon's own tests. */
const SAMPLES: readonly string[] = ["reorg-settle-32"];

function fault(stage: string, depth: number, attempt: Fault["attempt"]): Fault {
  const name = `reorg-${stage}-${depth}`;
  return {
    ...{ name, group: "reorg", expects: PAID, attempt },
    does: `the chain leaves ${depth} blocks, so that ${stage.replace("-", " ")} is undone`,
    ...(SAMPLES.includes(name) && { sample: true }),
  };
}

export const REORG_FAULTS: readonly Fault[] = [
  ...(Object.keys(STAGES) as Stage[]).flatMap((stage) =>
    DEPTHS.map((depth) =>
      fault(stage, depth, async (places) => await reorganiseAt(places, stage, depth)),
    ),
  ),
  ...(Object.keys(FOLDED_STAGES) as FoldedStage[]).flatMap((stage) =>
    DEPTHS.map((depth) =>
      fault(stage, depth, async (places) => await reorganiseFolded(places, stage, depth)),
    ),
  ),
  {
    ...{ name: "reorg-post-gone", group: "reorg", expects: "task-absent", attempt: losePost },
    does: "the chain leaves the post after the commitment, and nobody posts it again",
  },
];
