import type { ChainFacts } from "./chain-facts.ts";

export const ETHERSCAN_API = "https://api.etherscan.io/v2/api";

const shared = {
  blockSeconds: 12,
  blockNumber: "own",
  prevrandao: "beacon",
  soundRandomness: "prevrandao",
  blockHistory: "yes",
  p256: "yes",
  p256Since: "EIP-7951, Fusaka",
  confirmations: 12,
  sources: [
    "https://eips.ethereum.org/EIPS/eip-4399",
    "https://eips.ethereum.org/EIPS/eip-7600",
    "https://eips.ethereum.org/EIPS/eip-7607",
  ],
} as const;

export const ethereum: ChainFacts = {
  ...shared,
  id: 1,
  network: "ethereum",
  name: "Ethereum",
  purpose: "production",
  explorer: { name: "Etherscan", url: "https://etherscan.io", apiUrl: ETHERSCAN_API },
  trust: {
    ordering:
      "validators; the proposer of a seed's block can withhold it, at the cost of its reward",
    rules: "Ethereum's consensus",
  },
};

export const sepolia: ChainFacts = {
  ...shared,
  id: 11_155_111,
  network: "sepolia",
  name: "Sepolia",
  purpose: "test",
  explorer: {
    name: "Etherscan",
    url: "https://sepolia.etherscan.io",
    apiUrl: ETHERSCAN_API,
  },
  trust: {
    ordering: "a closed set of validators",
    rules: "the operators of that set: tokens there are worth nothing",
  },
};
