import type { Hex } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import { seatOfFold } from "../model/fold.ts";
import type { SeatStatus } from "../model/names.ts";
import { seatStatusOf } from "../model/names.ts";
import { getFold } from "./get-fold.ts";

export interface GetSeatParameters extends DecoParameters {
  readonly taskId: Hex;
  readonly provider: number;
}

/** A seat of a live task; the chain forgets seats when their task ends. */
export interface Seat {
  /** `none` when the provider holds no seat of the task, or the task has ended. */
  readonly status: SeatStatus;
  readonly round: number;
  /** Trust index when it was taken, in tenths. */
  readonly trust: number;
  /** Whether it may raise trust. */
  readonly early: boolean;
  /** How often it has told its progress. */
  readonly checkpoints: number;
  /** Position on the price ramp; see priceAtFraction. */
  readonly priceFraction: bigint;
  /** First 24 bytes of the commitment, then of the tag; or the abstention's code. */
  readonly value: Hex;
}
export type GetSeatReturnType = Seat;

/** A provider's seat on a live task; on a folded one as its events tell it. */
export async function getSeat(
  client: DecoClient,
  parameters: GetSeatParameters,
): Promise<GetSeatReturnType> {
  const seat = await readSeat(client, parameters);
  if (seat.status !== "none") return seat;
  const fold = await getFold(client, parameters).catch(undefinedIfUnknown);
  if (fold !== undefined) return seatOfFold(fold, parameters.provider) ?? seat;
  // It may have been unfolded between the two questions.
  return await readSeat(client, parameters);
}

async function readSeat(client: DecoClient, parameters: GetSeatParameters): Promise<Seat> {
  const { market: address } = deploymentOf(client, parameters);
  const args = [parameters.taskId, parameters.provider] as const;
  const seat = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getSeat", args }),
  );
  return { ...seat, status: seatStatusOf(seat.status), priceFraction: BigInt(seat.priceFraction) };
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof DecoContractError && error.code === "UnknownTask") return undefined;
  throw error;
}
