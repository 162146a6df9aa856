/** What a chain's `prevrandao` is, seen from a contract that wants a seed nobody knows beforehand. */
export type PrevrandaoKind =
  /** The beacon chain's RANDAO mix: unknown before its block, biased at most by withholding a block. */
  | "beacon"
  /** The mix of an L1 block that is public before the L2 block exists: known to whoever posts a task. */
  | "relayed"
  /** The same number always. */
  | "constant"
  /** Made up by a development node. */
  | "local";

/** An answer to "is it there?" that was looked up, or was not. */
export type Availability = "yes" | "no" | "unknown";

/** Whose word a market on the chain rests on, beside its own code. */
export interface ChainTrust {
  /** Who can censor or order transactions. */
  readonly ordering: string;
  /** Who can change the rules or take funds outside them. */
  readonly rules: string;
}

/** What Deco needs to know about a chain. Times in seconds. */
export interface ChainFacts {
  readonly id: number;
  /** The word that commands use for it. */
  readonly network: string;
  readonly name: string;
  readonly purpose: "production" | "test" | "local";
  /** Chain that it settles on; itself has no entry when it settles nowhere else. */
  readonly settlesOn?: number;
  readonly blockSeconds: number;
  /** Whether `block.number` counts the chain's own blocks or estimates those of its parent. */
  readonly blockNumber: "own" | "parent";
  readonly prevrandao: PrevrandaoKind;
  /** The source of seeds under which open sortition is sound there, if there is one among Deco's. */
  readonly soundRandomness?: "prevrandao" | "block-hash";
  /** EIP-2935: hashes of more than 256 past blocks. */
  readonly blockHistory: Availability;
  /** The P-256 precompile at 0x100 (RIP-7212, EIP-7951). */
  readonly p256: Availability;
  readonly p256Since: string;
  /** Blocks to wait before a reading is acted upon. A choice of Deco, not a fact of the chain. */
  readonly confirmations: number;
  readonly explorer?: {
    readonly name: string;
    readonly url: string;
    /** Verification API; Etherscan's takes the chain id as a parameter. */
    readonly apiUrl: string;
  };
  readonly trust: ChainTrust;
  /** Where the facts were looked up. */
  readonly sources: readonly string[];
}
