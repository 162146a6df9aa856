import { type Request, taskIdOf } from "@deco-network/sdk";
import { approve, post } from "@deco-network/sdk/actions";
import type { Hex } from "viem";
import { getBlockNumber } from "viem/actions";

import type { Market } from "../market/market.ts";
import { missingApprovals } from "./ensure-funds.ts";
import type { TaskRecord, TaskRecords } from "./task-records.ts";

export interface SubmitOptions {
  readonly request: Request;
  /** Journal of this machine. */
  readonly records: TaskRecords;
  /** Absolute path of the folder for outputs, kept for a later fetch. */
  readonly output?: string;
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SubmitStep) => void;
}

export type SubmitStep =
  | { readonly step: "approving"; readonly token: Hex; readonly amount: bigint }
  | { readonly step: "recorded"; readonly taskId: Hex }
  | { readonly step: "posting"; readonly taskId: Hex };

/** A task that was posted. */
export interface Submitted {
  readonly taskId: Hex;
  readonly record: TaskRecord;
  readonly transaction: Hex;
  readonly gasUsed: bigint;
}

/**
 * Approves what is missing and posts a request. Its record is on disk before anything is sent, so
 * whatever interrupts this, the task is found again by its id.
 * @param market Its client's account is the request's requester.
 * @throws RequesterError `balance-too-low`, `record-unwritable`
 * @throws DecoContractError, DecoUsageError as the SDK's `approve` and `post`
 */
export async function submitTask(market: Market, options: SubmitOptions): Promise<Submitted> {
  const { client, deployment } = market;
  const { request, records, signal } = options;
  const domain = { chainId: deployment.chainId, market: deployment.market };
  const taskId = taskIdOf(domain, request);
  const approvals = await missingApprovals(market, request);
  const record: TaskRecord = {
    taskId,
    ...domain,
    request,
    fromBlock: Number(await getBlockNumber(client, { cacheTime: 0 })),
    ...(options.output !== undefined && { output: options.output }),
    ...(options.name !== undefined && { name: options.name }),
    fetched: false,
  };
  await records.write(record);
  options.onStep?.({ step: "recorded", taskId });
  for (const { token, missing } of approvals) {
    options.onStep?.({ step: "approving", token, amount: missing });
    // Exactly what is pulled: nothing is left for anyone to use later.
    await approve(client, { deployment, token, amount: missing, signal });
  }
  options.onStep?.({ step: "posting", taskId });
  const posted = await post(client, { deployment, request, signal });
  return { taskId, record, transaction: posted.hash, gasUsed: posted.receipt.gasUsed };
}
