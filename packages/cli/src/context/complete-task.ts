import { join } from "node:path";
import type { MessageSigner } from "@deco-network/p2p";
import type { TaskKeys } from "@deco-network/privacy";
import {
  agreeingSeats,
  askRefusals,
  awaitTask,
  CheckpointHolder,
  connectProviders,
  type FetchedReceipt,
  type FetchedResult,
  fetchReceipts,
  fetchResult,
  isRequesterError,
  ProgressWatch,
  type ProviderConnections,
  type RefusalReport,
  type TaskEnd,
  type TaskRecord,
  TaskRecords,
  type TaskStage,
} from "@deco-network/requester";
import { DecoUsageError } from "@deco-network/sdk";
import type { TokenInfo } from "@deco-network/sdk/actions";
import type { Storage } from "@deco-network/storage";

import { CliError } from "../errors.ts";
import { stageText } from "../output/stage-text.ts";
import { type CommandContext, homeOf } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";
import { openPrivateTask } from "./private-task.ts";
import { seatedOf } from "./seated-of.ts";
import { tellProgress } from "./tell-progress.ts";
import { lacksSeats, tellRefusals } from "./tell-refusals.ts";

/** Providers announce their results, and receipts with them, when the settlement is confirmed. */
const RECEIPT_PATIENCE_MILLIS = 3_000;

/** Others get the first chance to end a task that nobody can finish. */
export const RESCUE_AFTER_BLOCKS = 8;

/** A post that was sent just before an interruption may not be mined yet. */
const POST_WITHIN_BLOCKS = 8;

/** The journal of posted tasks in the home folder. */
export function recordsOf(context: CommandContext): TaskRecords {
  return new TaskRecords(join(homeOf(context), "tasks"));
}

export interface CompleteOptions {
  readonly market: OpenMarket;
  readonly storage: Storage;
  readonly record: Pick<TaskRecord, "taskId" | "request" | "fromBlock">;
  readonly token: TokenInfo;
  /** Folder for outputs. */
  readonly output: string;
  readonly maxBytes?: number;
  /** Whether to make permissionless calls that nobody else makes; needs an account. */
  readonly rescue: boolean;
  /** Called when providers are connected, before the task is followed. */
  readonly open?: () => Promise<void>;
  /** The task's requester, whom providers tell how far they are; absent: they are not asked. */
  readonly signer?: MessageSigner;
  /** Secrets of a private task; they need the signer. */
  readonly keys?: TaskKeys;
}

type SeatEnd = Extract<TaskStage, { stage: "seat-ended" }>;

/** How a task came out. */
export interface CompletedTask {
  readonly end: TaskEnd;
  readonly seats: readonly SeatEnd[];
  /** Absent when it ended without a result. */
  readonly result?: FetchedResult;
  /** Why nobody took a seat, as providers say; absent when some did, or nobody was asked. */
  readonly refusals?: readonly RefusalReport[];
  /** What the agreeing providers measured; empty when the task ended without a result. */
  readonly receipts: readonly FetchedReceipt[];
}

/**
 * Serves a task's input and follows it to its end, telling each stage; then fetches and verifies
 * its result.
 * @throws CliError `interrupted` with how to take it up again; RequesterError
 */
export async function completeTask(
  context: CommandContext,
  options: CompleteOptions,
): Promise<CompletedTask> {
  const { market, storage, record, token, output, maxBytes, rescue, open, signer } = options;
  const { signal, output: out } = context;
  const { taskId, fromBlock, request } = record;
  const stages: TaskStage[] = [];
  const onStage = (stage: TaskStage) => {
    if (stage.stage === "reorganized") stages.length = 0;
    else stages.push(stage);
    out.say(stageText(stage, token));
    if (stage.stage === "checkpointed") void checkpoints.hold(stage.digest);
  };
  // A provider that is gone cannot serve what its successor goes on from.
  const checkpoints = new CheckpointHolder(storage, taskId, request);
  const over = new AbortController();
  const watch = signer && new ProgressWatch(market, storage, { signer, taskId });
  const secret = await openPrivateTask(options);
  let carrying: Promise<void> | undefined;
  let telling: Promise<unknown> | undefined;
  let connections: ProviderConnections | undefined;
  try {
    connections = await connectProviders(market, storage, { signal });
    await open?.();
    const executing = () => (isExecuting(stages) ? seatedOf(stages) : []);
    const meanwhile = AbortSignal.any([signal, over.signal]);
    carrying = secret?.carryKeys(executing, (line) => out.say(line), meanwhile);
    const say = (line: string) => out.say(line);
    const reasons = async () =>
      signer ? await askRefusals(market, storage, { signer, request, signal: meanwhile }) : [];
    telling =
      watch &&
      Promise.all([
        tellProgress(watch, executing, say, { signal: meanwhile }),
        tellRefusals(reasons, () => lacksSeats(stages), say, { signal: meanwhile }),
      ]);
    const end = await awaitTask(market, taskId, {
      ...{ signal, fromBlock, onStage, postWithinBlocks: POST_WITHIN_BLOCKS },
      ...(rescue && { rescueAfterBlocks: RESCUE_AFTER_BLOCKS }),
    });
    const seats = stages.filter((stage) => stage.stage === "seat-ended");
    if (end.stage === "ended") {
      if (end.reason !== "unfilled" || !signer) return { end, seats, receipts: [] };
      over.abort();
      const asked = { signer, request, signal };
      // It only explains: whatever fails is left out.
      const refusals = await askRefusals(market, storage, asked).catch(() => []);
      return { end, seats, refusals, receipts: [] };
    }
    out.say("fetching and verifying the result");
    const limits = { folder: output, signal, ...(maxBytes !== undefined && { maxBytes }) };
    const agreed = agreeingSeats(stages);
    const result = secret
      ? await secret.fetchResult(end.digest, agreed, (line) => out.say(line), limits)
      : await fetchResult(storage, { accepted: end, volume: request.volume, ...limits });
    const receipts = await fetchReceipts(market, taskId, {
      ...{ seats: agreed, digest: end.digest, signal },
      patienceMillis: RECEIPT_PATIENCE_MILLIS,
    });
    return { end, seats, result, receipts };
  } catch (error) {
    throw isAborted(error) ? interrupted(taskId) : error;
  } finally {
    over.abort();
    await Promise.all([carrying, telling]);
    await secret?.close();
    await watch?.close();
    await checkpoints.close();
    await connections?.close();
  }
}

/** Whether a round is full and its votes are not all there. */
function isExecuting(stages: readonly TaskStage[]): boolean {
  const names = ["executing", "revealing", "accepted", "settled", "ended"];
  return stages.findLast(({ stage }) => names.includes(stage))?.stage === "executing";
}

/** What Ctrl-C means for a task that may have been posted. */
export function interrupted(taskId: string): CliError {
  return new CliError("interrupted", "Interrupted; the task goes on without you.", {
    where: taskId,
    remedy: `Take it up again with: deco task result ${taskId}`,
  });
}

/** Whether a wait was ended by its signal. */
export function isAborted(error: unknown): boolean {
  return (
    isRequesterError(error, "aborted") ||
    (error instanceof DecoUsageError && error.code === "aborted")
  );
}
