import { TIMELOCK_ROLES } from "@deco-network/sdk";
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { type Address, zeroAddress, zeroHash } from "viem";

import type { DeploySettings } from "../settings.ts";

/** Artifact of each contract that may hold seeds. */
export const RANDOMNESS_CONTRACTS = {
  prevrandao: "PrevrandaoRandomness",
  "block-hash": "LocalRandomness",
  none: "NoRandomness",
} as const;

/**
 * Ignition modules of a whole market. In the end nothing belongs to the deployer: the timelock owns the parameters from their
 * first moment, and its first operation, which the deployer schedules without delay and executes, lists the
 * tokens, appoints the proposers, opens execution to anyone, takes the deployer's roles away and sets the delay.
 */
export function decoModules(settings: DeploySettings, deployer: Address) {
  const token = buildModule("Token", (m) => ({
    token: m.contract("DecoToken", [settings.supplyReceiver]),
  }));

  const governance = buildModule("Governance", (m) => {
    // No delay and one proposer until the handover; no admin but the timelock itself, ever.
    const timelock = m.contract("TimelockController", [0n, [deployer], [deployer], zeroAddress]);
    const parameters = m.contract("DecoParameters", [
      timelock,
      settings.treasury,
      settings.task,
      settings.post,
    ]);
    return { timelock, parameters };
  });

  const randomness = buildModule("Randomness", (m) => ({
    randomness:
      settings.randomness.kind === "other"
        ? m.contractAt("IRandomness", settings.randomness.address)
        : m.contract(RANDOMNESS_CONTRACTS[settings.randomness.kind]),
  }));

  const market = buildModule("Market", (m) => {
    const shared = [
      m.useModule(token).token,
      m.useModule(governance).parameters,
      m.useModule(randomness).randomness,
    ];
    const opening = m.contract("MarketOpening", shared);
    const panels = m.contract("MarketPanels", shared);
    const proofs = m.contract("MarketProofs", shared);
    const proving = m.contract("MarketProving", shared);
    const orders = m.contract("MarketOrders", shared);
    const extension = m.contract("MarketExtension", shared);
    const parts = { opening, panels, proofs, proving, orders, extension };
    return { ...parts, market: m.contract("DecoMarket", [...shared, parts]) };
  });

  return buildModule("Deco", (m) => {
    const deployed = {
      ...m.useModule(token),
      ...m.useModule(governance),
      ...m.useModule(randomness),
      ...m.useModule(market),
    };
    const { timelock, parameters } = deployed;
    const role = (
      action: "grantRole" | "revokeRole",
      name: keyof typeof TIMELOCK_ROLES,
      who: Address,
    ) =>
      m.encodeFunctionCall(timelock, action, [TIMELOCK_ROLES[name], who], {
        id: `${action}_${name}_${who}`,
      });
    const listings = settings.tokens.map(({ token: name, ...terms }) =>
      m.encodeFunctionCall(
        parameters,
        "setToken",
        [name === "DECO" ? deployed.token : name, { listed: true, ...terms }],
        { id: `list_${name}` },
      ),
    );
    const handover = [
      ...settings.proposers.flatMap((proposer) => [
        role("grantRole", "proposer", proposer),
        role("grantRole", "canceller", proposer),
      ]),
      role("grantRole", "executor", zeroAddress),
      // A deployer that stays a proposer, as on a local chain, keeps the roles it was just given.
      ...(settings.proposers.includes(deployer)
        ? []
        : [role("revokeRole", "proposer", deployer), role("revokeRole", "canceller", deployer)]),
      role("revokeRole", "executor", deployer),
      m.encodeFunctionCall(timelock, "updateDelay", [BigInt(settings.delaySeconds)]),
    ];
    const operation = [
      [...listings.map(() => parameters), ...handover.map(() => timelock)],
      [...listings, ...handover].map(() => 0n),
      [...listings, ...handover],
      zeroHash,
      zeroHash,
    ];
    // Only once the market stands: a deployment that stops half-way has handed nothing over.
    const scheduled = m.call(timelock, "scheduleBatch", [...operation, 0n], {
      after: [deployed.market],
    });
    m.call(timelock, "executeBatch", operation, { after: [scheduled] });
    return deployed;
  });
}
