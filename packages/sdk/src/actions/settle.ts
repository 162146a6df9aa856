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
import { isDelayed } from "../model/panels.ts";
import type { Opening, Request } from "../request.ts";

export interface SettleParameters extends WriteParameters {
  readonly request: Request;
  /** Provider of every seat of the task, by ascending id, declined ones excepted. */
  readonly roster: readonly number[];
  readonly opening: Opening;
}

export interface SettleReturnType extends WriteResult {
  readonly result: Hex;
  /** Whether the result is final; else it waits for the windows of its request, see `finalize`. */
  readonly final: boolean;
  /** Base units credited to the requester's balance; zero until the result is final. */
  readonly refund: bigint;
}

/** What {@link settle} throws. */
export type SettleErrorType = DecoContractError | DecoUsageError;

/**
 * Opens the winning result: pays, slashes, moves trust and refunds the rest, at once or, where the request
 * has windows or an audit, when they are over. By anyone, for a fee.
 * @throws DecoContractError `RevealWindowOpen`, `ResultNotAccepted`, `RosterIncomplete`, `InvalidRoster`, `InvalidOpening`, `DocumentMismatch`, `DocumentTooLarge`, `WrongStatus`.
 */
export async function settle(
  client: DecoClient,
  parameters: SettleParameters,
): Promise<SettleReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "settle",
    args: [parameters.request, [...parameters.roster], parameters.opening],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  if (isDelayed(parameters.request)) {
    const { args } = eventOf(market, sent.receipt, "TaskAccepted");
    return { ...sent, result: args.result, final: false, refund: 0n };
  }
  const { args } = eventOf(market, sent.receipt, "TaskSettled");
  return { ...sent, result: args.result, final: true, refund: args.refund };
}
