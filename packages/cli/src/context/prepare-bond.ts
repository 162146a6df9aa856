import { coverBond } from "@deco-network/requester";
import { bondOf, type Request } from "@deco-network/sdk";
import { getParameters, getTask, getToken, type TokenInfo } from "@deco-network/sdk/actions";
import type { Hex } from "viem";

import { CliError } from "../errors.ts";
import type { OpenMarket } from "./open-market.ts";

/** What a dispute's bond is. */
export interface PreparedBond {
  /** Base units of the payment token. */
  readonly amount: bigint;
  readonly token: TokenInfo;
}

/**
 * Computes the bond of an appeal or a claim of non-delivery, and lets the market pull what the account's
 * balance in it does not cover.
 * @param level 2 for an appeal of a panel's decision.
 * @throws CliError `task-not-accepted` when the task's result is not within its windows
 */
export async function prepareBond(
  { client, deployment }: OpenMarket,
  request: Request,
  taskId: Hex,
  level: 1 | 2,
  signal: AbortSignal,
): Promise<PreparedBond> {
  const task = await getTask(client, { deployment, taskId });
  if (task.status !== "accepted") {
    throw new CliError("task-not-accepted", `The task is ${task.status}, not accepted.`, {
      remedy:
        "Only a result that waits for its windows can be disputed; see `deco task show`. Requests ask for " +
        "windows with challengeSeconds and deliverySeconds.",
    });
  }
  const token = await getToken(client, { deployment, token: request.token });
  const { task: terms } = await getParameters(client, { deployment, version: task.parameters });
  const amount = bondOf(request, terms, level);
  const account = client.account?.address;
  if (account !== undefined) {
    const cover = { token: token.address, amount, account, signal };
    await coverBond({ client, deployment }, cover);
  }
  return { amount, token };
}
