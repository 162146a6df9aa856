import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { accountOf, sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import { bodyHashOf, seatTermsOf } from "../digests/task-id.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";
import { getProviderOf } from "./get-provider-of.ts";

export interface ClaimParameters extends WriteParameters {
  /** The request exactly as it was posted. */
  readonly request: Request;
  /** Whose operator key the account is; default: looked up. */
  readonly provider?: number | undefined;
}

export interface ClaimReturnType extends WriteResult {
  readonly round: number;
  /** Whether the seat may raise trust. */
  readonly early: boolean;
  /** Position on the price ramp; see priceAtFraction. */
  readonly priceFraction: bigint;
}

/** What {@link claim} throws. */
export type ClaimErrorType = DecoContractError | DecoUsageError;

/**
 * Takes a seat of the current round at the ramp's price of that second; from an operator key.
 * @throws DecoContractError `NotDrawn`, `SeedUnknown`, `AllocatorWindowOpen`, `ClaimWindowClosed`, `AlreadySeated`, `StakeNotFree`, `StakeTooYoung`, `TrustTooLow`, `ProviderDormant`, `ProviderLeaving`, `WrongStatus`.
 */
export async function claim(
  client: DecoClient,
  parameters: ClaimParameters,
): Promise<ClaimReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request } = parameters;
  const provider = parameters.provider ?? (await operated(client, parameters));
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "claim",
    args: [seatTermsOf(request), bodyHashOf(request), provider],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "SeatTaken");
  return {
    ...sent,
    round: args.round,
    early: args.early,
    priceFraction: BigInt(args.priceFraction),
  };
}

async function operated(client: DecoClient, parameters: ClaimParameters): Promise<number> {
  const { address } = accountOf(client, parameters);
  const provider = await getProviderOf(client, { ...parameters, operator: address });
  if (provider === undefined) throw new DecoContractError("NotAnOperator", [address]);
  return provider;
}
