import { DecoContractError } from "@deco-network/sdk";
import { getTask } from "@deco-network/sdk/actions";
import type { Hex } from "viem";

import type { Market } from "../market/market.ts";

/** Whether a signed request has become a task, or was cancelled. */
export async function wasOpened({ client, deployment }: Market, taskId: Hex): Promise<boolean> {
  try {
    await getTask(client, { deployment, taskId });
    return true;
  } catch (error) {
    if (error instanceof DecoContractError && error.code === "UnknownTask") return false;
    throw error;
  }
}
