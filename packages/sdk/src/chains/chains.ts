import { arbitrumOne, arbitrumSepolia } from "./arbitrum.ts";
import type { ChainFacts } from "./chain-facts.ts";
import { ethereum, sepolia } from "./ethereum.ts";
import { anvil } from "./local.ts";
import { base, baseSepolia, opSepolia, optimism } from "./op-stack.ts";

export type { Availability, ChainFacts, ChainTrust, PrevrandaoKind } from "./chain-facts.ts";

/** Every chain that Deco knows, production chains first. The table in docs/CHAINS.md is made from it. */
export const chainFacts: readonly ChainFacts[] = [
  ethereum,
  base,
  arbitrumOne,
  optimism,
  sepolia,
  baseSepolia,
  arbitrumSepolia,
  opSepolia,
  anvil,
];

/** Facts of a chain by id or by the word that commands use; undefined for a chain that nobody looked up. */
export function chainFactsOf(chain: number | string): ChainFacts | undefined {
  return chainFacts.find(({ id, network }) => id === chain || network === chain);
}
