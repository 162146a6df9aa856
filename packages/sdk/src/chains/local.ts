import type { ChainFacts } from "./chain-facts.ts";

export const anvil: ChainFacts = {
  id: 31_337,
  network: "local",
  name: "anvil",
  purpose: "local",
  blockSeconds: 0.25,
  blockNumber: "own",
  prevrandao: "local",
  soundRandomness: "block-hash",
  blockHistory: "yes",
  p256: "yes",
  p256Since: "anvil's newest rules",
  confirmations: 1,
  trust: { ordering: "whoever runs the node", rules: "whoever runs the node" },
  sources: ["https://getfoundry.sh/anvil/overview"],
};
