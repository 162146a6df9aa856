import type { DecoDeployment } from "@deco-network/sdk";
import type { ChainFacts } from "@deco-network/sdk/chains";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  getAddress,
  type PublicClient,
} from "viem";

import { ToolError } from "../lib/tool-error.ts";
import type { DecoAddresses } from "./addresses.ts";
import { connect, type Target } from "./connect.ts";
import { contractsOf, type DeployedContract } from "./contracts.ts";
import { verifyOnExplorer } from "./explorer/verify-on-explorer.ts";
import { type Check, requireAll } from "./inspect/check.ts";
import { inspectCode } from "./inspect/inspect-code.ts";
import { inspectMarket } from "./inspect/inspect-market.ts";
import { inspectTimelock } from "./inspect/inspect-timelock.ts";
import { decoModules } from "./modules/deco-modules.ts";
import { probeChain, requireMultisigs } from "./probe-chain.ts";
import { refusalsOf } from "./refusals.ts";
import { listSent, type SentTransaction } from "./sent.ts";
import type { DeploySettings } from "./settings.ts";

/** What a deployment did, and what was found when it was looked at. */
export interface Deployed {
  readonly deployer: Address;
  readonly addresses: DecoAddresses;
  readonly contracts: readonly DeployedContract[];
  readonly record: DecoDeployment;
  /** Of a dry run only: on a node, Ignition's journal has them. */
  readonly sent: readonly SentTransaction[];
  readonly checks: readonly Check[];
}

/**
 * Deploys a market and looks at the result with other eyes than those that deployed it.
 *
 * @throws ToolError with the code of a refusal, of {@link probeChain}, DEPLOYMENT_FAILED or INSPECTION_FAILED
 */
export async function deployMarket(
  chain: ChainFacts,
  settings: DeploySettings,
  target: Target,
): Promise<Deployed> {
  const { environment, connection } = await connect(chain, target);
  try {
    const client = createPublicClient({
      transport: custom(connection.provider),
      // A cached block number would hide what was just mined.
      cacheTime: 0,
    });
    const deployer = await deployerOf(client);
    const refusal = refusalsOf(settings, chain, deployer)[0];
    if (refusal !== undefined) {
      const { code, message, remedy } = refusal;
      throw new ToolError({ code, message: `Refused on ${chain.name}: ${message}.`, remedy });
    }
    // A chain made in this process needs blocks to be looked at.
    if (target.kind === "dry-run") await connection.provider.request(MINE);
    await probeChain(client, chain, settings);
    if (target.kind === "node" && chain.purpose === "production") {
      await requireMultisigs(client, settings);
    }

    const startBlock = (await client.getBlockNumber()) + 1n;
    const immediate = target.kind === "dry-run" || chain.purpose === "local";
    // Ignition's types follow from artifacts, which are not there when types are checked.
    const deployed = (await connection.ignition
      .deploy(decoModules(settings, deployer), {
        defaultSender: deployer,
        deploymentId: await deploymentIdOf(client, chain),
        config: immediate
          ? { requiredConfirmations: 1, blockPollingInterval: 20 }
          : { requiredConfirmations: chain.confirmations },
      })
      .catch((cause: unknown) => {
        throw new ToolError({
          code: "DEPLOYMENT_FAILED",
          message: cause instanceof Error ? cause.message : "Ignition stopped.",
          remedy: "Mend the cause and run the same command again: it goes on where it stopped.",
          cause,
        });
      })) as unknown as DeployedContracts;
    const addresses: DecoAddresses = {
      market: deployed.market.address,
      token: deployed.token.address,
      parameters: deployed.parameters.address,
      timelock: deployed.timelock.address,
      randomness: deployed.randomness.address,
      modules: {
        opening: deployed.opening.address,
        panels: deployed.panels.address,
        proofs: deployed.proofs.address,
        proving: deployed.proving.address,
        orders: deployed.orders.address,
        extension: deployed.extension.address,
      },
    };
    const contracts = contractsOf(addresses, settings, deployer);
    const checks = await inspect(client, environment, addresses, contracts, settings);
    requireAll(checks);
    const record = {
      chainId: chain.id,
      ...addresses,
      randomnessKind: settings.randomness.kind,
      startBlock: Number(startBlock),
    } as const;
    const sent = target.kind === "dry-run" ? await listSent(client, startBlock, addresses) : [];
    if (target.kind === "node" && target.explorerKey !== undefined && chain.explorer) {
      const access = { ...chain.explorer, apiKey: target.explorerKey, chainId: chain.id };
      await verifyOnExplorer(environment, contracts, access);
    }
    return { deployer, addresses, contracts, record, sent, checks };
  } finally {
    await connection.close();
  }
}

type DeployedContracts = Readonly<
  Record<
    Exclude<keyof DecoAddresses, "modules"> | keyof DecoAddresses["modules"],
    { readonly address: Address }
  >
>;

/** Everything that is looked at, over again whenever somebody wants to know. */
async function inspect(
  client: PublicClient,
  environment: HardhatRuntimeEnvironment,
  addresses: DecoAddresses,
  contracts: readonly DeployedContract[],
  settings: DeploySettings,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, address } of contracts) {
    checks.push(...(await inspectCode(client, environment, name, address)));
  }
  return [
    ...checks,
    ...(await inspectMarket(client, addresses, settings)),
    // From the first block: an address is new, so no earlier grant can exist, and a resumed deployment misses none.
    ...(await inspectTimelock(client, addresses.timelock, settings)),
  ];
}

const MINE = { method: "hardhat_mine", params: ["0x4"] } as const;

async function deployerOf(client: PublicClient): Promise<Address> {
  const [account] = await createWalletClient({ transport: custom(client) }).getAddresses();
  if (account !== undefined) return getAddress(account);
  throw new ToolError({
    code: "KEY_UNREADABLE",
    message: "The node has no account to deploy from.",
    remedy: "Give the deployer's key with --key-file.",
  });
}

/** A local chain starts anew with each process; its journal must not be taken for another's. */
async function deploymentIdOf(client: PublicClient, chain: ChainFacts): Promise<string> {
  if (chain.purpose !== "local") return `chain-${chain.id}`;
  const genesis = await client.getBlock({ blockNumber: 0n });
  return `chain-${chain.id}-${genesis.hash.slice(2, 10)}`;
}
