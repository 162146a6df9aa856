import type { Address } from "viem";
import { zeroAddress } from "viem";

import type { DecoAddresses } from "./addresses.ts";
import { RANDOMNESS_CONTRACTS } from "./modules/deco-modules.ts";
import type { DeploySettings } from "./settings.ts";

/** A contract of a deployment, and what its constructor was given. */
export interface DeployedContract {
  readonly name: string;
  /** `source:name`, as Hardhat and explorers name it. */
  readonly qualifiedName: string;
  readonly address: Address;
  readonly args: readonly unknown[];
}

const TIMELOCK = "@openzeppelin/contracts/governance/TimelockController.sol";

/** Everything that a deployment made; a randomness contract that was there before is not part of it. */
export function contractsOf(
  addresses: DecoAddresses,
  settings: DeploySettings,
  deployer: Address,
): DeployedContract[] {
  const { market, token, parameters, timelock, randomness, modules } = addresses;
  const shared = [token, parameters, randomness];
  const { kind } = settings.randomness;
  const contract = (source: string, name: string, address: Address, args: readonly unknown[]) => ({
    ...{ name, qualifiedName: `${source}:${name}`, address, args },
  });
  const source = (path: string) => `contracts/${path}.sol`;
  return [
    contract(source("governance/DecoToken"), "DecoToken", token, [settings.supplyReceiver]),
    contract(TIMELOCK, "TimelockController", timelock, [0n, [deployer], [deployer], zeroAddress]),
    contract(source("governance/DecoParameters"), "DecoParameters", parameters, [
      ...[timelock, settings.treasury, settings.task, settings.post],
    ]),
    contract(source("market/opening/MarketOpening"), "MarketOpening", modules.opening, shared),
    contract(source("market/panels/MarketPanels"), "MarketPanels", modules.panels, shared),
    contract(source("market/proofs/MarketProofs"), "MarketProofs", modules.proofs, shared),
    contract(source("market/proving/MarketProving"), "MarketProving", modules.proving, shared),
    contract(source("market/orders/MarketOrders"), "MarketOrders", modules.orders, shared),
    contract(
      source("market/extension/MarketExtension"),
      "MarketExtension",
      modules.extension,
      shared,
    ),
    contract(source("market/DecoMarket"), "DecoMarket", market, [...shared, modules]),
    ...(kind === "other"
      ? []
      : [
          contract(
            source(`randomness/${RANDOMNESS_CONTRACTS[kind]}`),
            RANDOMNESS_CONTRACTS[kind],
            randomness,
            [],
          ),
        ]),
  ];
}
