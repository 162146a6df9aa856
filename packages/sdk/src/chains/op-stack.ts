import type { ChainFacts } from "./chain-facts.ts";
import { ETHERSCAN_API } from "./ethereum.ts";

/**
 * A block's `prevrandao` is its L1 origin's, which is public before the L2 block is built and the same
 * for all blocks of that origin: a requester could pick a nonce that draws its own providers.
 */
const shared = {
  blockSeconds: 2,
  blockNumber: "own",
  prevrandao: "relayed",
  blockHistory: "yes",
  p256: "yes",
  p256Since: "RIP-7212, Fjord",
  confirmations: 30,
} as const;

const sources = [
  "https://specs.optimism.io/protocol/derivation.html#building-individual-payload-attributes",
  "https://specs.optimism.io/protocol/isthmus/derivation.html#eip-2935-contract-deployment",
  "https://specs.optimism.io/protocol/precompiles.html#p256verify",
] as const;

const sequencer =
  "one sequencer, which orders, delays and reorganises unsafe blocks; L1 deposits bypass it";

export const optimism: ChainFacts = {
  ...{ ...shared, sources },
  id: 10,
  network: "optimism",
  name: "OP Mainnet",
  purpose: "production",
  settlesOn: 1,
  explorer: {
    name: "Etherscan",
    url: "https://optimistic.etherscan.io",
    apiUrl: ETHERSCAN_API,
  },
  trust: { ordering: sequencer, rules: "Optimism's upgrade keys, its fault proofs, and Ethereum" },
};

export const opSepolia: ChainFacts = {
  ...{ ...shared, sources },
  id: 11_155_420,
  network: "op-sepolia",
  name: "OP Sepolia",
  purpose: "test",
  settlesOn: 11_155_111,
  explorer: {
    name: "Etherscan",
    url: "https://sepolia-optimism.etherscan.io",
    apiUrl: ETHERSCAN_API,
  },
  trust: { ordering: sequencer, rules: "its operator: tokens there are worth nothing" },
};

const baseSources = [
  ...sources,
  "https://docs.base.org/base-chain/specs/upgrades/isthmus/overview",
] as const;

export const base: ChainFacts = {
  ...{ ...shared, sources: baseSources },
  id: 8_453,
  network: "base",
  name: "Base",
  purpose: "production",
  settlesOn: 1,
  explorer: { name: "Basescan", url: "https://basescan.org", apiUrl: ETHERSCAN_API },
  trust: { ordering: sequencer, rules: "Base's upgrade keys, its fault proofs, and Ethereum" },
};

export const baseSepolia: ChainFacts = {
  ...{ ...shared, sources: baseSources },
  id: 84_532,
  network: "base-sepolia",
  name: "Base Sepolia",
  purpose: "test",
  settlesOn: 11_155_111,
  explorer: {
    name: "Basescan",
    url: "https://sepolia.basescan.org",
    apiUrl: ETHERSCAN_API,
  },
  trust: { ordering: sequencer, rules: "its operator: tokens there are worth nothing" },
};
