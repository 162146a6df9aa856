import type { Address } from "viem";

/** Where a deployment put its contracts. */
export interface DecoAddresses {
  readonly market: Address;
  readonly token: Address;
  readonly parameters: Address;
  readonly timelock: Address;
  readonly randomness: Address;
  readonly modules: {
    readonly opening: Address;
    readonly panels: Address;
    readonly proofs: Address;
    readonly proving: Address;
    readonly orders: Address;
    readonly extension: Address;
  };
}
