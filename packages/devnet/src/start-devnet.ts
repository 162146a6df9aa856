import { type Address, createPublicClient, createWalletClient, http, parseEther } from "viem";

import { DEVNET_MNEMONIC, type DevnetAccount, devnetAccount } from "./accounts.ts";
import { startAnvil } from "./anvil/start-anvil.ts";
import {
  type DevnetAddresses,
  deployContracts,
  type RandomnessKind,
} from "./deploy/deploy-contracts.ts";
import { deployZkPolicy } from "./deploy/deploy-zk-policy.ts";
import { type Funding, fundAccounts } from "./deploy/fund-accounts.ts";
import { publishedKeys } from "./deploy/published-keys.ts";
import { type Deployment, writeDeployment } from "./deployments.ts";
import { DevnetError } from "./errors.ts";

export interface DevnetOptions {
  /** TCP port on loopback; default 0, which lets the system choose. */
  readonly port?: number;
  /** Default 31337. */
  readonly chainId?: number;
  /** Seconds between blocks; default 0.25. */
  readonly blockSeconds?: number;
  /** Funded accounts beside the deployer; default 10. */
  readonly accounts?: number;
  /** DECO base units of each account; default 1,000,000 DECO. */
  readonly decoEach?: bigint;
  /** Default `block-hash`. */
  readonly randomness?: RandomnessKind;
  /**
   * For chains that live long and are reorganised: the states of so many blocks stay in memory. By default anvil
   * moves older ones to disk, and a reorganisation after that leaves a chain without any account or contract.
   */
  readonly blocksToUndo?: number;
  /** Deploy and list a policy for zero-knowledge proofs that serves the published circuits; default false. */
  readonly zk?: boolean;
  /** Write the deployment here as JSON. */
  readonly deploymentFile?: string;
  /** Longest wait for start and deployment; default 60,000 ms. */
  readonly timeoutMillis?: number;
  readonly signal?: AbortSignal;
}

/** A running local chain with Deco on it. */
export interface Devnet {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: DevnetAddresses;
  readonly startBlock: number;
  readonly deployment: Deployment;
  /** With `zk`. */
  readonly zkPolicy?: Address;
  /** Holds the rest of the supply, owns the parameters. */
  readonly deployer: DevnetAccount;
  /** Each with 10,000 ETH and `decoEach` DECO. */
  readonly accounts: readonly DevnetAccount[];
  /** Pid of anvil. */
  readonly pid: number;
  /** Sends ETH and DECO from the deployer to more accounts. */
  fund(fundings: readonly Funding[], signal?: AbortSignal): Promise<void>;
  /** Ends the chain, and only that process. Idempotent. */
  stop(): Promise<void>;
}

const allKeys = async () => [...(await publishedKeys()).values()];
const ETH_EACH = 10_000;

/**
 * Starts anvil on loopback, deploys the market with short windows, lists DECO and funds accounts.
 * @throws DevnetError `anvil-missing`, `anvil-failed`, `setup-failed`, `aborted`
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const chainId = options.chainId ?? 31_337;
  const count = options.accounts ?? 10;
  const timeoutMillis = options.timeoutMillis ?? 60_000;
  const anvil = await startAnvil({
    port: options.port ?? 0,
    chainId,
    blockSeconds: options.blockSeconds ?? 0.25,
    mnemonic: DEVNET_MNEMONIC,
    accounts: count + 1,
    balance: ETH_EACH,
    blocksToUndo: options.blocksToUndo,
    timeoutMillis,
    signal: options.signal,
  });
  try {
    const timeout = AbortSignal.timeout(timeoutMillis);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const transport = http(anvil.rpcUrl);
    const client = createPublicClient({ transport, pollingInterval: 100 });
    const wallet = createWalletClient({ transport });
    const { account: owner, ...deployer } = devnetAccount(0);
    const kind = options.randomness ?? "block-hash";
    const { addresses, startBlock } = await deployContracts(client, wallet, owner, kind, signal);

    const accounts = Array.from({ length: count }, (_, i) => {
      const { address, privateKey } = devnetAccount(i + 1);
      return { address, privateKey };
    });
    const fund = (fundings: readonly Funding[], until: AbortSignal) =>
      fundAccounts(client, wallet, owner, addresses.token, fundings, until);
    const deco = options.decoEach ?? parseEther("1000000");
    await fund(
      accounts.map(({ address: to }) => ({ to, deco })),
      signal,
    );

    const zkPolicy = options.zk
      ? await deployZkPolicy(client, wallet, owner, addresses, await allKeys(), signal)
      : undefined;

    const { market, token, parameters, randomness } = addresses;
    const deployment = {
      ...{ chainId, rpcUrl: anvil.rpcUrl, market, token, parameters, randomness, startBlock },
    };
    if (options.deploymentFile) await writeDeployment(options.deploymentFile, deployment);
    return {
      ...{ rpcUrl: anvil.rpcUrl, chainId, addresses, startBlock, deployment, deployer, accounts },
      pid: anvil.pid,
      ...(zkPolicy && { zkPolicy }),
      fund: (fundings, until) => fund(fundings, until ?? AbortSignal.timeout(timeoutMillis)),
      stop: anvil.stop,
    };
  } catch (cause) {
    await anvil.stop();
    if (cause instanceof DevnetError) throw cause;
    if (options.signal?.aborted) {
      throw new DevnetError("aborted", "Starting the local chain was aborted.", {
        remedy: "Start it again.",
        cause,
      });
    }
    throw new DevnetError("setup-failed", "The market could not be deployed.", {
      remedy: "Generate the contracts' code again and look at the cause.",
      cause,
    });
  }
}
