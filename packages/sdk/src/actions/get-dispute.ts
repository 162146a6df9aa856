import type { Address, Hex } from "viem";
import { zeroAddress, zeroHash } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { DisputeKind, DisputeStatus } from "../model/names.ts";
import { disputeKindOf, disputeStatusOf } from "../model/names.ts";
import { panelIdOf } from "../model/panels.ts";

export interface GetDisputeParameters extends DecoParameters {
  readonly taskId: Hex;
  /** The dispute's number: 0 to 7 appeals, 8 the audit, 9 the claim of non-delivery. */
  readonly index: number;
}

/** A bond and what of it paid panels, in base units of the payment token. */
export interface Bond {
  readonly account: Address;
  readonly amount: bigint;
  readonly spent: bigint;
}

/** A dispute over an accepted result. It stays readable after its task has ended. */
export interface Dispute {
  readonly kind: DisputeKind;
  /** `none` when there is no such dispute. */
  readonly status: DisputeStatus;
  /** Of the panel that is open, or sat last: 1 or 2. */
  readonly level: number;
  /** What the panel commits and reveals under; see getTask and getSeat. */
  readonly panelId: Hex;
  /** Item of the bag that is judged. */
  readonly leaf: number;
  /** What was accepted and is judged; absent while a bag's item was not shown. */
  readonly item?: Hex;
  /** What stands after the panels so far; absent when none decided. */
  readonly decision?: Hex;
  /** Heads behind the decision. */
  readonly heads: number;
  /** Second of block time of the last decision; 0 without one. */
  readonly decidedAt: number;
  /** Of who opened it; absent for an audit, which the escrow pays. */
  readonly bond?: Bond;
  /** Of who appealed the first panel's decision. */
  readonly secondBond?: Bond;
}
export type GetDisputeReturnType = Dispute;

/** What {@link getDispute} throws. */
export type GetDisputeErrorType = DecoUsageError;

/** A dispute of a task, by its number. */
export async function getDispute(
  client: DecoClient,
  parameters: GetDisputeParameters,
): Promise<GetDisputeReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId, index } = parameters;
  const args = [taskId, BigInt(index)] as const;
  const found = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getDispute", args }),
  );
  const decision = found.last === zeroHash ? found.first : found.last;
  const bond = bondOf(found.claimant, found.bond, found.spent);
  const secondBond = bondOf(found.second, found.secondBond, found.secondSpent);
  return {
    kind: disputeKindOf(found.kind),
    status: disputeStatusOf(found.status),
    level: found.level,
    panelId: panelIdOf(taskId, index, found.level),
    leaf: found.leaf,
    ...(found.item === zeroHash ? {} : { item: found.item }),
    ...(decision === zeroHash ? {} : { decision }),
    ...{ heads: found.heads, decidedAt: found.decidedAt },
    ...(bond === undefined ? {} : { bond }),
    ...(secondBond === undefined ? {} : { secondBond }),
  };
}

function bondOf(account: Address, amount: bigint, spent: bigint): Bond | undefined {
  return account === zeroAddress ? undefined : { account, amount, spent };
}
