import { resolve } from "node:path";

import type { KeyKind } from "@deco-network/privacy";
import {
  isRequesterError,
  type JobDraft,
  loadJob,
  publishJob,
  requireFree,
  type SubmitStep,
  signOrder,
  submitTask,
  type TaskRecord,
  type TaskRecords,
} from "@deco-network/requester";
import { DecoContractError, taskIdOf } from "@deco-network/sdk";
import { plan as planAction, type TokenInfo } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Command } from "commander";
import type { Hex } from "viem";

import { allocatorEndpoints, allocatorTerms, handOverRecorded } from "../context/allocator.ts";
import type { CommandContext } from "../context/command-context.ts";
import {
  type CompletedTask,
  completeTask,
  interrupted,
  isAborted,
  recordsOf,
} from "../context/complete-task.ts";
import { openContentSources } from "../context/content-sources.ts";
import { openAccount } from "../context/open-account.ts";
import { type OpenMarket, openMarket } from "../context/open-market.ts";
import { isRunnable, planJob } from "../context/plan-job.ts";
import { type PreparedJob, prepareJob } from "../context/prepare-job.ts";
import { keyKind, privacyOf, type SealedJob, sealJob } from "../context/private-job.ts";
import { fetchProviderDocuments } from "../context/provider-documents.ts";
import { CliError } from "../errors.ts";
import { completedResult } from "../output/completed-text.ts";
import { formatAmount } from "../output/format.ts";
import type { CommandResult } from "../output/output.ts";
import type { Cli } from "./cli-action.ts";
import { byteCount } from "./option-values.ts";

interface RunOptions {
  readonly output?: string;
  readonly rescue: boolean;
  readonly anyway?: boolean;
  readonly maxBytes?: number;
  readonly allocator?: string;
  readonly dryRun?: boolean;
  readonly private?: KeyKind | true;
}

export function addRun(program: Command, cli: Cli): void {
  const command = program
    .command("run")
    .summary("post a job, follow it, fetch its verified result")
    .description(
      "Publishes a job's program and input, posts it with its payment in escrow, tells each stage, and " +
        "writes the verified result into a folder. Ctrl-C leaves a task that `deco task result` takes up.",
    )
    .argument("<job>", "job file")
    .option("--output <folder>", "folder for outputs (default: the job's, or deco-output/TASK)")
    .option("--max-bytes <number>", "largest result", byteCount)
    .option("--anyway", "post even if too few providers can take a seat now")
    .option("--allocator <endpoint>", "sign the request and let this allocator open it")
    .option(
      "--private [keys]",
      "only seated providers can read the input, and only you the result (keys: x25519, post-quantum)",
      keyKind,
    )
    .option("--dry-run", "show price, providers and deadlines; sign and send nothing")
    .option("--no-rescue", "never end a stuck task yourself");
  const examples = [
    "deco run job.json",
    "deco run job.json --account alice --output result",
    "deco run job.json --json > run.json",
    "deco run job.json --private post-quantum",
    "deco run job.json --allocator /ip4/127.0.0.1/tcp/4201/p2p/12D3KooW… --dry-run",
  ];
  cli.action<RunOptions>(command, { examples }, async (context, options, path = "") => {
    const records = recordsOf(context);
    const loaded = await loadJob(path);
    const kind = privacyOf(loaded, options.private);
    const sealed = await sealJob(records, loaded, kind, context.signal);
    try {
      return await runJob(context, options, records, sealed);
    } finally {
      await sealed.discard();
    }
  });
}

async function runJob(
  context: CommandContext,
  options: RunOptions,
  records: TaskRecords,
  { job, keys, discard }: SealedJob,
): Promise<CommandResult> {
  const account = await openAccount(context);
  const market = await openMarket(context, account);
  const endpoints = options.allocator && allocatorEndpoints(options.allocator);
  const allocated = endpoints && (await allocatorTerms(context, market, account, endpoints));
  const prepared = await prepareJob(context, market, job, account.address, allocated || {});
  if (options.dryRun === true) return await planJob(context, market, prepared);
  const { request, token } = prepared;
  const { chainId, market: address } = market.deployment;
  const taskId = taskIdOf({ chainId, market: address }, request);
  const output = resolve(options.output ?? job.output ?? `deco-output/${taskId}`);
  await requireFree(output);
  if (!options.anyway) await requireRunnable(context, market, prepared);

  const sources = await openContentSources(context, market);
  const { gateways } = sources;
  const storage = await openStorage({ folder: records.storageFolder(taskId), gateways });
  let completed: CompletedTask;
  let refused = false;
  try {
    await publish(context, storage, job.draft);
    await discard();
    if (keys) await records.writeKeys(taskId, keys);
    const { name } = job.document;
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
