import type { Address } from "viem";
import type { MarketParameters } from "../actions/get-parameters.ts";
import type { PolicyInfo } from "../actions/get-policy.ts";
import type { Provider } from "../model/provider.ts";

/** What a plan needs to know of the chain, as of one moment. */
export interface MarketState {
  /** Time of the latest block, in seconds. */
  readonly timestamp: number;
  /** Governed values, with the terms of the request's payment token. */
  readonly parameters: MarketParameters;
  /** DECO, in which stake and fees are paid. */
  readonly deco: Address;
  /** Sum of all active stake, in base units. */
  readonly totalStake: bigint;
  readonly providers: readonly Provider[];
  /** The request's proof policy, when it names one. */
  readonly policy?: PolicyInfo | undefined;
}
