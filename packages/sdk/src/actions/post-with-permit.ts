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
import type { SignPermitReturnType } from "./sign-permit.ts";

export interface PostWithPermitParameters extends WriteParameters {
  readonly request: Request;
  /** Made by signPermit for the payment token. */
  readonly permit: SignPermitReturnType;
}

export interface PostWithPermitReturnType extends WriteResult {
  readonly taskId: Hex;
}

/** What {@link postWithPermit} throws. */
export type PostWithPermitErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a task, taking the escrow by a signed permit. A permit that was used already is no error as
 * long as the allowance suffices.
 * @throws DecoContractError as `post`.
 */
export async function postWithPermit(
  client: DecoClient,
  parameters: PostWithPermitParameters,
): Promise<PostWithPermitReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { value, deadline, v, r, s } = parameters.permit;
  const args = [parameters.request, value, deadline, v, r, s] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "postWithPermit", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const event = eventOf(market, sent.receipt, "TaskPosted");
  return { ...sent, taskId: event.args.taskId };
}
