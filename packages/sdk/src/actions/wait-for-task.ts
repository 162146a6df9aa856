import type { Hex } from "viem";
import type { WaitParameters } from "../client/abortable.ts";
import { pollUntil } from "../client/abortable.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { EndedTask, Task } from "../model/task.ts";
import { isEnded } from "../model/task.ts";
import { getTask } from "./get-task.ts";

/** Half of the longest unbonding delay that governance can set: no task lives longer. */
const LONGEST_TASK_MILLIS = 12 * 86_400_000;

export interface WaitForTaskParameters extends DecoParameters, WaitParameters {
  readonly taskId: Hex;
  /** Called with every state that differs from the one before, the last included. */
  readonly onChange?: ((task: Task) => void) | undefined;
}
export type WaitForTaskReturnType = EndedTask;

/** What {@link waitForTask} throws. */
export type WaitForTaskErrorType = DecoContractError | DecoUsageError;

/**
 * Waits until a task has ended, with or without a result. It only reads: settling is a call that
 * anyone may send.
 * @throws DecoUsageError `timeout` (default: longer than any task lives), `aborted`.
 * @throws DecoContractError `UnknownTask`.
 */
export async function waitForTask(
  client: DecoClient,
  parameters: WaitForTaskParameters,
): Promise<WaitForTaskReturnType> {
  const { taskId, onChange } = parameters;
  let known = "";
  return await pollUntil(
    async () => {
      const task = await getTask(client, parameters);
      const seen = JSON.stringify(task, (_, value) =>
        typeof value === "bigint" ? `${value}` : value,
      );
      if (seen !== known) onChange?.(task);
      known = seen;
      return isEnded(task) ? task : undefined;
    },
    {
      signal: parameters.signal,
      timeoutMillis: parameters.timeoutMillis ?? LONGEST_TASK_MILLIS,
      pollMillis: parameters.pollMillis ?? client.pollingInterval,
    },
    `task ${taskId}`,
  );
}
