/** A contract of the sources. */
export type ContractName = { name: string; source: string };

/**
 * A contract that the SDK publishes. `abiOnly` for those that others deploy or implement; `answers` for one that runs code of
 * others: the interface that it answers, and where that code is, of which the errors are published too.
 */
export type PublishedContract = ContractName & {
  abiOnly?: true;
  answers?: { interface: ContractName; modules: readonly ContractName[] };
};

const marketModules = [
  { name: "MarketOpening", source: "contracts/market/opening/MarketOpening.sol" },
  { name: "MarketPanels", source: "contracts/market/panels/MarketPanels.sol" },
  { name: "MarketProofs", source: "contracts/market/proofs/MarketProofs.sol" },
  { name: "MarketProving", source: "contracts/market/proving/MarketProving.sol" },
  { name: "MarketOrders", source: "contracts/market/orders/MarketOrders.sol" },
  { name: "MarketExtension", source: "contracts/market/extension/MarketExtension.sol" },
] as const satisfies readonly ContractName[];

/** What the SDK publishes, under kebab-case file names. Mocks are not published. */
export const publishedContracts: readonly PublishedContract[] = [
  {
    name: "DecoMarket",
    source: "contracts/market/DecoMarket.sol",
    answers: {
      interface: { name: "IDecoMarket", source: "contracts/interfaces/IDecoMarket.sol" },
      modules: marketModules,
    },
  },
  ...marketModules,
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
  { name: "ZkPolicy", source: "contracts/policies/zk/ZkPolicy.sol" },
  {
    name: "AttestationRegistry",
    source: "contracts/policies/attested/AttestationRegistry.sol",
  },
  { name: "AttestedPolicy", source: "contracts/policies/attested/AttestedPolicy.sol" },
  {
    name: "Groth16Verifier",
    source: "contracts/policies/zk/verifiers/SumOfSquares.groth16.sol",
  },
  { name: "PlonkVerifier", source: "contracts/policies/zk/verifiers/Cubic.plonk.sol" },
  { name: "IProofPolicy", source: "contracts/interfaces/IProofPolicy.sol", abiOnly: true },
  { name: "IRandomness", source: "contracts/interfaces/IRandomness.sol", abiOnly: true },
];
