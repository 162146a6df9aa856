import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface PostParameters extends WriteParameters {
  readonly request: Request;
}

export interface PostReturnType extends WriteResult {
  readonly taskId: Hex;
}

/** What {@link post} throws. */
export type PostErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a task. Escrow and posting fee come from the sender's balance, then from its allowance.
 * The sender must be the request's requester.
 * @throws DecoContractError `AlreadyPosted`, `RequestExpired`, `FieldOutOfRange`, `FieldNotSupported`, `TokenNotListed`, `LockTooSmall`, `TaskTooLong`, `NoActiveStake`, `NotRequester`, `SafeERC20FailedOperation`.
 */
export async function post(
  client: DecoClient,
  parameters: PostParameters,
): Promise<PostReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "post",
    args: [parameters.request],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "TaskPosted");
  return { ...sent, taskId: args.taskId };
}
