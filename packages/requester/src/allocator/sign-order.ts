import { type Request, taskIdOf } from "@deco-network/sdk";
import { approve, deposit, signRequest } from "@deco-network/sdk/actions";
import type { Hex } from "viem";
import { getBlockNumber } from "viem/actions";

import type { Market } from "../market/market.ts";
import { missingApprovals, missingDeposits } from "../task/ensure-funds.ts";
import type { TaskRecord, TaskRecords } from "../task/task-records.ts";

export interface SignOrderOptions {
  readonly request: Request;
  /** Journal of this machine. */
  readonly records: TaskRecords;
  /** Multiaddrs of the allocator's node, kept for a later hand-over. */
  readonly endpoints: readonly string[];
  readonly output?: string;
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SignOrderStep) => void;
}

export type SignOrderStep =
  | { readonly step: "depositing"; readonly token: Hex; readonly amount: bigint }
  | { readonly step: "signed"; readonly taskId: Hex };

/**
 * Deposits what is missing, signs a request and records it: the record holds the signature before
 * anybody else does, so that the request can be handed over again, or cancelled.
 * @param market Its client's account is the request's requester.
 * @throws RequesterError `balance-too-low`, `record-unwritable`
 */
export async function signOrder(
  market: Market,
  options: SignOrderOptions,
): Promise<TaskRecord & { readonly handedTo: NonNullable<TaskRecord["handedTo"]> }> {
  const { client, deployment } = market;
  const { request, records, signal, endpoints } = options;
  const { chainId, market: address } = deployment;
  const approvals = await missingApprovals(market, request);
  for (const { token, missing } of approvals) {
    await approve(client, { deployment, token, amount: missing, signal });
  }
  for (const { token, missing } of await missingDeposits(market, request)) {
    options.onStep?.({ step: "depositing", token, amount: missing });
    await deposit(client, { deployment, token, amount: missing, signal });
  }
  const signature = await signRequest(client, { deployment, request });
  const record = {
    ...{ taskId: taskIdOf(deployment, request), chainId, market: address, request },
    fromBlock: Number(await getBlockNumber(client, { cacheTime: 0 })),
    ...(options.output !== undefined && { output: options.output }),
    ...(options.name !== undefined && { name: options.name }),
    fetched: false,
    handedTo: { endpoints: [...endpoints], signature },
  };
  await records.write(record);
  options.onStep?.({ step: "signed", taskId: record.taskId });
  return record;
}
