import type { Address, ContractFunctionReturnType, Hex } from "viem";
import { zeroAddress } from "viem";
import type { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { StakeState } from "./stake.ts";
import type { TrustState } from "./trust.ts";

/** A provider as the chain knows it. Stakes are in base units of DECO, trust in tenths. */
export interface Provider extends TrustState {
  readonly id: number;
  readonly owner: Address;
  readonly operator: Address;
  /** Account that may accept the ownership; absent when it is not on offer. */
  readonly pendingOwner?: Address;
  /** What its offers must name to count. */
  readonly offerEpoch: number;
  /** Digest of the provider document. */
  readonly metadata: Hex;
  readonly stake: StakeState;
  /** Part of the active stake that is bound to live seats, or set aside in reserves. */
  readonly locked: bigint;
  /** Active stake that could be locked or unbonded now. */
  readonly free: bigint;
  /** Seats on tasks that have not ended, and reserves. */
  readonly liveSeats: number;
  /** Deregistered: takes no seats any more. */
  readonly leaving: boolean;
  /** Its active stake fell below the minimum of an identity. */
  readonly dormant: boolean;
  readonly unbonding: bigint;
  /** When unbonding stake may be withdrawn, in seconds of block time. */
  readonly unbondsAt: number;
}

type ProviderWords = ContractFunctionReturnType<typeof decoMarketAbi, "view", "getProvider">;

/** @returns undefined when no provider has the id. */
export function providerOfWords(
  id: number,
  [stake, work, identity]: ProviderWords,
): Provider | undefined {
  if (identity.owner === zeroAddress) return undefined;
  const { pendingOwner, ...keys } = identity;
  return {
    ...{ id, ...keys, ...work, stake },
    ...(pendingOwner === zeroAddress ? {} : { pendingOwner }),
    free: stake.active - work.locked,
  };
}
