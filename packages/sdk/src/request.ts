import type { Address, Hex } from "viem";

/**
 * What a requester asks for; the same fields, in the same order, as `contracts/types/Request.sol`.
 * Money is in base units, shares in basis points, trust in tenths, windows in seconds.
 */
export interface Request extends SeatTerms {
  readonly requester: Address;
  /** Unordered; makes otherwise equal requests distinct tasks. */
  readonly nonce: bigint;
  /** Last second of block time at which the request may be opened. */
  readonly expiry: number;
  /** Digest of the program document. */
  readonly program: Hex;
  /** Digest of the input document. */
  readonly input: Hex;
  /** Items of the bag; 1 for a single run. */
  readonly volume: number;
  readonly token: Address;
  readonly minPrice: bigint;
  readonly maxPrice: bigint;
  readonly settlementFee: bigint;
  readonly dissentBps: number;
  readonly replicas: number;
  readonly maxReplicas: number;
  readonly thresholdBps: number;
  readonly minAgreeing: number;
  readonly minWeight: number;
  readonly commitWindow: number;
  readonly revealWindow: number;
  readonly challengeWindow: number;
  readonly deliveryWindow: number;
  readonly inputWindow: number;
  readonly auditBps: number;
  readonly panelPrice: bigint;
  readonly policy: Address;
  readonly policyData: Hex;
  readonly callback: Address;
  readonly callbackGas: number;
  readonly programOwner: Address;
  readonly programBps: number;
  readonly dataOwner: Address;
  readonly dataBps: number;
}

/** What taking a seat needs of a request: its last six fields, hashed apart from the others. */
export interface SeatTerms {
  /** DECO bound per replica. */
  readonly lock: bigint;
  /** Smallest trust index that may take a seat. */
  readonly minTrust: number;
  /** How long seats are drawn by sortition. */
  readonly claimWindow: number;
  /** Length of the price ramp; at least `claimWindow`. */
  readonly rampSeconds: number;
  /** Who gives the seats; the zero address for open sortition from the start. */
  readonly allocator: Address;
  /** Seconds after the opening from which seats that the allocator left empty open to sortition. */
  readonly allocatorWindow: number;
}

/** A chain and the market on it: every task id, and so every hash derived from one, binds both. */
export interface MarketDomain {
  readonly chainId: number;
  readonly market: Address;
}

/** Opens the accepted result at settlement. */
export interface Opening {
  /** Digest of the result document, or, for a bag, of its manifest. */
  readonly digest: Hex;
  /** Merkle root over the item results; zero unless the request's volume exceeds 1. */
  readonly root: Hex;
  /** The document's bytes, up to 16 KiB, which are emitted; or `0x`. */
  readonly document: Hex;
}

/** Tag and salt of one committed seat. */
export interface Reveal {
  readonly taskId: Hex;
  readonly provider: number;
  readonly tag: Hex;
  readonly salt: Hex;
}
