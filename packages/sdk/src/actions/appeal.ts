import type { Hex } from "viem";
import { encodeFunctionData, zeroHash } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface AppealParameters extends WriteParameters {
  readonly request: Request;
  /** Item of the bag; default 0, the only one of a single run. */
  readonly leaf?: number | undefined;
  /** Bags: digest of the accepted item; without it those who voted for it must show it. */
  readonly item?: Hex | undefined;
  /** Bags, with `item`: the Merkle path, then the manifest's digest. */
  readonly proof?: readonly Hex[] | undefined;
}

export interface AppealReturnType extends WriteResult {
  /** The dispute's number. */
  readonly index: number;
  /** Base units of the payment token. */
  readonly bond: bigint;
}

/** What {@link appeal} throws. */
export type AppealErrorType = DecoContractError | DecoUsageError;

/**
 * Says that an accepted result is wrong. The bond, see bondOf, comes from the market balance, then by allowance;
 * it returns when a panel agrees.
 * @throws DecoContractError `ChallengeWindowClosed`, `LeafDisputed`, `LeafMismatch`, `TooManyAppeals`, `WrongStatus`, `FieldOutOfRange`, `DepositTooSmall`.
 */
export async function appeal(
  client: DecoClient,
  parameters: AppealParameters,
): Promise<AppealReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "appeal",
    args: [
      parameters.request,
      BigInt(parameters.leaf ?? 0),
      parameters.item ?? zeroHash,
      [...(parameters.proof ?? [])],
    ],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "DisputeOpened");
  return { ...sent, index: args.index, bond: args.bond };
}
