import type { ChainFacts } from "./chain-facts.ts";
import { ETHERSCAN_API } from "./ethereum.ts";

/**
 * `prevrandao` is 1 and the documentation calls block hashes no source of randomness; `block.number` estimates
 * Ethereum's, while the history contract counts the chain's own blocks.
 */
const shared = {
  blockSeconds: 0.25,
  blockNumber: "parent",
  prevrandao: "constant",
  blockHistory: "yes",
  p256: "yes",
  p256Since: "RIP-7212, ArbOS 31",
  confirmations: 120,
  sources: [
    "https://docs.arbitrum.io/arbitrum-essentials/arbitrum-vs-ethereum/solidity-support",
    "https://docs.arbitrum.io/arbitrum-essentials/arbitrum-vs-ethereum/block-numbers-and-time",
    "https://docs.arbitrum.io/run-arbitrum-node/arbos-releases/arbos40",
    "https://docs.arbitrum.io/run-arbitrum-node/arbos-releases/arbos51",
  ],
} as const;

const sequencer = "one sequencer, which orders and delays; the delayed inbox on L1 bypasses it";

export const arbitrumOne: ChainFacts = {
  ...shared,
  id: 42_161,
  network: "arbitrum",
  name: "Arbitrum One",
  purpose: "production",
  settlesOn: 1,
  explorer: { name: "Arbiscan", url: "https://arbiscan.io", apiUrl: ETHERSCAN_API },
  trust: {
    ordering: sequencer,
    rules: "Arbitrum's council and DAO, its fraud proofs, and Ethereum",
  },
};

export const arbitrumSepolia: ChainFacts = {
  ...shared,
  id: 421_614,
  network: "arbitrum-sepolia",
  name: "Arbitrum Sepolia",
  purpose: "test",
  settlesOn: 11_155_111,
  explorer: { name: "Arbiscan", url: "https://sepolia.arbiscan.io", apiUrl: ETHERSCAN_API },
  trust: { ordering: sequencer, rules: "its operator: tokens there are worth nothing" },
};
