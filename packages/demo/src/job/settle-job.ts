import { join } from "node:path";

import {
  awaitTask,
  connectProviders,
  type JobDraft,
  type Market,
  type PublishedJob,
  publishJob,
  submitTask,
  TaskRecords,
  type TaskSettlement,
  type TaskStage,
} from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { type Address, createWalletClient, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { DemoError } from "../errors.ts";
import type { DemoNetwork } from "../network/start-network.ts";
import type { Progress } from "../progress.ts";
import type { SpentGas } from "../settled/gas-of.ts";

/** A job, and what is asked for it once its content has digests. */
export interface AskedJob {
  readonly draft: JobDraft;
  /** Tells what is published now. */
  readonly published: string;
  /** @param now time of the latest block, in seconds */
  readonly request: (requester: Address, job: PublishedJob, now: number) => Request;
}

/** A task that ended with a result; its requester's storage is still open. */
export interface SettledJob {
  readonly storage: Storage;
  readonly taskId: Hex;
  readonly end: TaskSettlement;
  readonly stages: readonly TaskStage[];
  readonly posted: SpentGas;
}

/**
 * Publishes and posts a job as its requester, and waits for its result.
 * @param folder the requester's
 * @param then what is done with the result, before the requester goes
 * @throws DemoError `task-failed`
 */
export async function settleJob<T>(
  network: DemoNetwork,
  folder: string,
  { draft, published, request }: AskedJob,
  progress: Progress,
  signal: AbortSignal,
  then: (settled: SettledJob) => Promise<T>,
): Promise<T> {
  const account = privateKeyToAccount(network.requester.privateKey);
  const transport = http(network.rpcUrl);
  const client = createWalletClient({ chain: foundry, transport, account, pollingInterval: 200 });
  const market: Market = { client, deployment: network.deployment };
  const storage = await openStorage({ folder: join(folder, "requester") });
  try {
    const connections = await connectProviders(market, storage, { signal });
    try {
      const job = await publishJob(storage, draft, { signal });
      progress.step("published", published);
      const asked = request(account.address, job, await network.blockTime());
      const records = new TaskRecords(join(folder, "tasks"));
      const submitted = await submitTask(market, { request: asked, records, signal });
      const { taskId, transaction: hash, gasUsed } = submitted;
      progress.step("posted", `task ${taskId}`);
      const stages: TaskStage[] = [];
      const onStage = (stage: TaskStage) => {
        stages.push(stage);
        progress.stage(stage);
      };
      const end = await awaitTask(market, taskId, { signal, onStage });
      if (end.stage === "ended") {
        throw new DemoError(
          "task-failed",
          `The task ended without a result: ${end.reason}.`,
          "Read the executors' logs with --keep; on a busy machine try again.",
        );
      }
      const posted = { step: "post", hash, gas: Number(gasUsed) };
      return await then({ storage, taskId, end, stages, posted });
    } finally {
      await connections.close();
    }
  } finally {
    await storage.close();
  }
}
