import { existsSync } from "node:fs";
import { resolve } from "node:path";

import {
  gatewaysOf,
  readEndpoints,
  requireFree,
  type TaskRecords,
  wasOpened,
} from "@deco-network/requester";
import { getToken } from "@deco-network/sdk/actions";
import { isStorageError, openStorage, type Storage } from "@deco-network/storage";
import type { Command } from "commander";
import type { Hex } from "viem";

import { handOverRecorded } from "../../context/allocator.ts";
import { completeTask, recordsOf } from "../../context/complete-task.ts";
import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { findTask } from "../../context/task-history.ts";
import { completedResult } from "../../output/completed-text.ts";
import type { Cli } from "../cli-action.ts";
import { byteCount, taskIdOperand } from "../option-values.ts";

interface ResultOptions {
  readonly output?: string;
  readonly rescue?: boolean;
  readonly maxBytes?: number;
}

export function addTaskResult(group: Command, cli: Cli): void {
  const command = group
    .command("result")
    .summary("wait for a task and fetch its verified result")
    .description(
      "Follows a task to its end, serving its input if it was posted from here, and writes its verified " +
        "result into a folder. This is how an interrupted `deco run` is taken up; anybody's task will do.",
    )
    .argument("<task>", "task id")
    .option("--output <folder>", "folder for outputs (default: as posted, or deco-output/TASK)")
    .option("--max-bytes <number>", "largest result", byteCount)
    .option("--rescue", "end a stuck task yourself; needs the account");
  const examples = ["deco task result 0x1234…", "deco task result 0x1234… --output out --rescue"];
  cli.action<ResultOptions>(command, { examples }, async (context, options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const rescue = options.rescue === true;
    const records = recordsOf(context);
    const record = await records.read(taskId);
    const signed = record?.handedTo !== undefined;
    // A request that is not open yet is handed over again, in messages that the account signs.
    const pending = signed && !(await wasOpened(await openMarket(context), taskId));
    const keys = await records.readKeys(taskId);
    // Providers give a private task's result, and take its key, only in answer to the requester's signature.
    const account = rescue || pending || keys ? await openAccount(context) : undefined;
    const market = await openMarket(context, account);
    const task = await findTask(market, records, taskId, signal);
    const output = resolve(options.output ?? task.output ?? `deco-output/${taskId}`);
    await requireFree(output);
    const { deployment } = market;
    const token = await getToken(market.client, { deployment, token: task.request.token });
    const storage = await openFor(market, records, taskId, signal);
    const { maxBytes } = options;
    const completed = await completeTask(context, {
      ...{ market, storage, record: task, token, output, rescue },
      ...(maxBytes !== undefined && { maxBytes }),
      ...(keys && account && { keys, signer: account }),
      ...(pending &&
        account && { open: () => handOverRecorded(context, market, storage, task, account) }),
    }).finally(() => storage.close());
    if (record !== undefined) {
      await records.write({ ...record, fetched: completed.result !== undefined });
      await records.releaseStorage(taskId);
    }
    return completedResult(taskId, completed, token, context.output.style);
  });
}

/** The storage that holds the task's input, if it was posted from here; else an empty one. */
async function openFor(
  market: OpenMarket,
  records: TaskRecords,
  taskId: Hex,
  signal: AbortSignal,
): Promise<Storage> {
  const gateways = gatewaysOf(await readEndpoints(market, { signal }));
  const folder = records.storageFolder(taskId);
  if (!existsSync(folder)) return openStorage({ gateways });
  try {
    return await openStorage({ folder, gateways });
  } catch (error) {
    // Another process, most likely `deco run`, serves the input already.
    if (isStorageError(error, "folder-in-use")) return openStorage({ gateways });
    throw error;
  }
}
