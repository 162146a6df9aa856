import type { ChainFacts } from "@deco-network/sdk/chains";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Hex } from "viem";

import config from "../../hardhat.config.ts";
import { projectRoot } from "../lib/project.ts";

/** Where a deployment goes: a chain made in this process, or a node. */
export type Target =
  | { readonly kind: "dry-run" }
  | {
      readonly kind: "node";
      readonly rpcUrl: string;
      /** The deployer's key; default: the node's own first account. */
      readonly key?: Hex | undefined;
      /** Give the sources to the chain's explorer afterwards, with this API key. */
      readonly explorerKey?: string | undefined;
      /** Folder of Ignition's journals; default: deployments/ignition. */
      readonly journals?: string | undefined;
    };

/** Connects Hardhat to the target; a simulated chain has the id of the real one, and Ethereum's rules. */
export async function connect(chain: ChainFacts, target: Target) {
  const network =
    target.kind === "dry-run"
      ? ({
          type: "edr-simulated",
          chainId: chain.id,
          chainType: "generic",
          ignition: IMMEDIATE,
        } as const)
      : ({
          type: "http",
          url: target.rpcUrl,
          chainId: chain.id,
          chainType: "generic",
          accounts: target.key === undefined ? "remote" : [target.key],
        } as const);
  const environment: HardhatRuntimeEnvironment = await createHardhatRuntimeEnvironment(
    {
      ...config,
      networks: { default: network },
      paths: {
        ...config.paths,
        ...(target.kind === "node" && target.journals !== undefined
          ? { ignition: target.journals }
          : {}),
      },
    },
    {},
    projectRoot,
  );
  const connection = await environment.network.create();
  return { environment, connection };
}

const IMMEDIATE = { maxRetries: 3, retryInterval: 100 } as const;
