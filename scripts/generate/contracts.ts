/** A contract that the SDK publishes. `abiOnly` for those that others deploy or implement. */
export type PublishedContract = { name: string; source: string; abiOnly?: true };

/** What the SDK publishes, under kebab-case file names. Mocks are not published. */
export const publishedContracts: readonly PublishedContract[] = [
  { name: "DecoMarket", source: "contracts/market/DecoMarket.sol" },
  { name: "MarketOpening", source: "contracts/market/opening/MarketOpening.sol" },
  { name: "MarketPanels", source: "contracts/market/panels/MarketPanels.sol" },
  { name: "MarketProofs", source: "contracts/market/proofs/MarketProofs.sol" },
  { name: "MarketExtension", source: "contracts/market/extension/MarketExtension.sol" },
  { name: "DecoParameters", source: "contracts/governance/DecoParameters.sol" },
  { name: "DecoToken", source: "contracts/governance/DecoToken.sol" },
  {
    name: "TimelockController",
    source: "@openzeppelin/contracts/governance/TimelockController.sol",
  },
  { name: "LocalRandomness", source: "contracts/randomness/LocalRandomness.sol" },
  { name: "PrevrandaoRandomness", source: "contracts/randomness/PrevrandaoRandomness.sol" },
  { name: "NoRandomness", source: "contracts/randomness/NoRandomness.sol" },
  { name: "Estimate", source: "contracts/examples/Estimate.sol" },
  { name: "IProofPolicy", source: "contracts/interfaces/IProofPolicy.sol", abiOnly: true },
  { name: "IRandomness", source: "contracts/interfaces/IRandomness.sol", abiOnly: true },
];
