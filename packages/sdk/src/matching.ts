import type { Address, Hex } from "viem";
import type { Request } from "./request.ts";

/**
 * A provider's consent to seats at a fixed price; the same fields, in the same order, as
 * `contracts/types/Matching.sol`. Money is in base units, times in seconds of block time.
 */
export interface Offer {
  readonly provider: number;
  /** The only task that it is for; zero for a standing offer, whose use the chain counts. */
  readonly taskId: Hex;
  /** The allocator that may use it. */
  readonly allocator: Address;
  /** The only requester that it is for; zero for any. */
  readonly requester: Address;
  /** The only program that it is for; zero for any. */
  readonly program: Hex;
  readonly token: Address;
  /** Per replica, for the whole bag. */
  readonly price: bigint;
  /** Bounds of the DECO that a seat may lock. */
  readonly minLock: bigint;
  readonly maxLock: bigint;
  readonly maxVolume: number;
  /** Shortest time to work that a request must leave, in seconds. */
  readonly minCommitWindow: number;
  /** Seats that a standing offer fills in all. */
  readonly seats: number;
  /** Last second at which it gives a seat. */
  readonly expiry: number;
  /** The provider's offer epoch; raising it cancels all that the provider has signed. */
  readonly epoch: number;
  /** Makes otherwise equal offers distinct. */
  readonly salt: Hex;
}

/** A provider's consent to one seat of one task, whose id binds everything else. */
export interface TaskOffer {
  readonly taskId: Hex;
  readonly provider: number;
  readonly price: bigint;
  readonly expiry: number;
  readonly epoch: number;
}

/** A seat that an allocator gives, at the price of the provider's offer. */
export interface AssignedSeat {
  readonly provider: number;
  readonly price: bigint;
}

/** An allocator's word: who sits in a round of a task. */
export interface Assignment {
  readonly taskId: Hex;
  readonly round: number;
  readonly seats: readonly AssignedSeat[];
}

/** A {@link TaskOffer} with its signature: 65 bytes by an operator key that is no contract. */
export interface SignedTaskOffer {
  readonly offer: TaskOffer;
  readonly signature: Hex;
}

/** An {@link Offer} with the signature of its operator key, or what the operator's wallet contract takes for one. */
export interface SignedOffer {
  readonly offer: Offer;
  readonly signature: Hex;
}

/** A request with the seats that its allocator gives: opened, when it is not open yet, and seated, or refused whole. */
export interface Match {
  readonly request: Request;
  /** Of the request, by its requester. Left out when the task is open already, or the requester is the sender. */
  readonly signature?: Hex | undefined;
  /**
   * Of the {@link Assignment} with the seats that `assignedSeatsOf` lists, by the allocator. Left out
   * when the allocator is the sender, or a contract that answers by itself (`IAllocator`).
   */
  readonly assignment?: Hex | undefined;
  readonly taskSeats?: readonly SignedTaskOffer[] | undefined;
  readonly offerSeats?: readonly SignedOffer[] | undefined;
}
