import { resolve } from "node:path";

import type { TaskKeys } from "@deco-network/privacy";
import {
  isRequesterError,
  type JobDraft,
  publishJob,
  requireFree,
  type SubmitStep,
  signOrder,
  submitTask,
  type TaskRecord,
} from "@deco-network/requester";
import { DecoContractError, taskIdOf } from "@deco-network/sdk";
import { plan as planAction, type TokenInfo } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Hex, PrivateKeyAccount } from "viem";

import { CliError } from "../errors.ts";
import { completedResult } from "../output/completed-text.ts";
import { formatAmount } from "../output/format.ts";
import type { CommandResult } from "../output/output.ts";
import { handOverRecorded } from "./allocator.ts";
import type { CommandContext } from "./command-context.ts";
import {
  type CompletedTask,
  completeTask,
  interrupted,
  isAborted,
  recordsOf,
} from "./complete-task.ts";
import { openContentSources } from "./content-sources.ts";
import type { OpenMarket } from "./open-market.ts";
import { isRunnable } from "./plan-job.ts";
import type { PreparedJob } from "./prepare-job.ts";
import { fetchProviderDocuments } from "./provider-documents.ts";

/** What a person may say of a run, whatever the job came from. */
export interface RunOptions {
  /** Folder for outputs. */
  readonly output?: string;
  /** Whether to end a stuck task oneself. */
  readonly rescue: boolean;
  /** Post even if too few providers can take a seat now. */
  readonly anyway?: boolean;
  /** Largest result. */
  readonly maxBytes?: number;
}

export interface PreparedRun {
  readonly market: OpenMarket;
  readonly account: PrivateKeyAccount;
  readonly prepared: PreparedJob;
  readonly draft: JobDraft;
  readonly options: RunOptions;
  /** The job's own folder for outputs. */
  readonly output?: string | undefined;
  readonly name?: string | undefined;
  /** Allocators that are handed the signed request; absent: it is posted. */
  readonly endpoints?: readonly string[] | undefined;
  /** Secrets of a private task. */
  readonly keys?: TaskKeys | undefined;
  /** Removes what was made for publishing only. */
  readonly discard?: () => Promise<void>;
}

/**
 * Publishes a prepared job, posts it or hands it over, follows it to its end and fetches its verified result.
 * @throws CliError `not-runnable`, `interrupted`; RequesterError, DecoContractError, StorageError
 */
export async function runPrepared(
  context: CommandContext,
  { market, account, prepared, draft, options, name, endpoints, keys, ...run }: PreparedRun,
): Promise<CommandResult> {
  const records = recordsOf(context);
  const { request, token } = prepared;
  const { chainId, market: address } = market.deployment;
  const taskId = taskIdOf({ chainId, market: address }, request);
  const output = resolve(options.output ?? run.output ?? `deco-output/${taskId}`);
  await requireFree(output);
  if (!options.anyway) await requireRunnable(context, market, prepared);

  const sources = await openContentSources(context, market);
  const { gateways } = sources;
  const storage = await openStorage({ folder: records.storageFolder(taskId), gateways });
  let completed: CompletedTask;
  let refused = false;
  try {
    await publish(context, storage, draft);
    await run.discard?.();
    if (keys) await records.writeKeys(taskId, keys);
    const details = { taskId, output, name };
    const bringing = endpoints
      ? sign(context, market, prepared, { ...details, endpoints })
      : post(context, market, prepared, details);
    const record = await bringing.catch((error: unknown) => {
      refused = isRefused(error);
      throw error;
    });
    const { rescue, maxBytes } = options;
    completed = await completeTask(context, {
      ...{ market, storage, record, token, output, rescue, signer: account },
      ...(maxBytes !== undefined && { maxBytes }),
      ...(keys && { keys }),
      open: () => handOverRecorded(context, market, storage, record, account),
    });
    await records.write({ ...record, fetched: completed.result !== undefined });
  } finally {
    await storage.close();
    await sources.close();
    if (refused) await records.remove(taskId);
  }
  await records.releaseStorage(taskId);
  return completedResult(taskId, completed, token, context.output.style);
}

/** @throws CliError `not-runnable` */
async function requireRunnable(
  { signal }: CommandContext,
  market: OpenMarket,
  { request, content }: PreparedJob,
): Promise<void> {
  const { client, deployment } = market;
  const program = content.programDocument;
  const isPrivate = content.inputDocument.deco === "sealed-input/1";
  // Whether a provider can be sent a key is in its description only.
  const metadata = isPrivate ? await fetchProviderDocuments(market, signal) : undefined;
  const plan = await planAction(client, {
    ...{ deployment, request, program, metadata, isPrivate, signal },
  });
  if (isRunnable(plan, request.replicas)) return;
  const [refusal] = plan.refusals;
  if (refusal !== undefined) {
    throw new CliError("not-runnable", `The market would refuse it: ${refusal.message}.`, {
      remedy: refusal.remedy,
    });
  }
  const { length } = plan.eligible;
  throw new CliError(
    "not-runnable",
    `${length} providers can take a seat now; a round needs ${request.replicas}.`,
    { remedy: "See `deco plan` for the reasons; ask for fewer replicas, or post --anyway." },
  );
}

async function publish(context: CommandContext, storage: Storage, draft: JobDraft): Promise<void> {
  const { output, signal } = context;
  output.say("publishing program and input");
  try {
    await publishJob(storage, draft, { signal });
  } catch (error) {
    if (!isAborted(error)) throw error;
    throw new CliError("interrupted", "Interrupted; nothing was posted.", {
      remedy: "Run it again.",
    });
  }
}

interface PostDetails {
  readonly taskId: Hex;
  readonly output: string;
  readonly name: string | undefined;
}

async function post(
  context: CommandContext,
  market: OpenMarket,
  { request, token }: PreparedJob,
  { taskId, output, name }: PostDetails,
) {
  const { signal, output: out } = context;
  try {
    const { record } = await submitTask(market, {
      ...{ request, records: recordsOf(context), output, signal },
      ...(name !== undefined && { name }),
      onStep: (step) => out.say(stepText(step, token)),
    });
    return record;
  } catch (error) {
    // The transaction may have been sent: the record finds it.
    throw isAborted(error) ? interrupted(taskId) : error;
  }
}

/** Deposits, signs and records; nothing is handed over yet. */
async function sign(
  context: CommandContext,
  market: OpenMarket,
  { request, token }: PreparedJob,
  { taskId, output, name, endpoints }: PostDetails & { readonly endpoints: readonly string[] },
): Promise<TaskRecord> {
  const { signal, output: out } = context;
  try {
    return await signOrder(market, {
      ...{ request, records: recordsOf(context), endpoints, output, signal },
      ...(name !== undefined && { name }),
      onStep: (step) =>
        out.say(
          step.step === "depositing"
            ? `depositing ${formatAmount(step.amount, token)}`
            : `request signed: task ${step.taskId}`,
        ),
    });
  } catch (error) {
    throw isAborted(error) ? interrupted(taskId) : error;
  }
}

/** Whether it is certain that nothing was posted, so that nothing needs to be kept. */
function isRefused(error: unknown): boolean {
  return error instanceof DecoContractError || isRequesterError(error, "balance-too-low");
}

function stepText(step: SubmitStep, token: TokenInfo): string {
  if (step.step === "approving") return `approving ${formatAmount(step.amount, token)}`;
  return step.step === "posting"
    ? `posting task ${step.taskId}`
    : `task ${step.taskId} is recorded`;
}
