import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  type Executor,
  type ExecutorConfigInput,
  parseConfig,
  startExecutor,
} from "@deco-network/executor";
import { makeKeyPair } from "@deco-network/privacy";
import { encodeDocument, providerSchema } from "@deco-network/sdk";
import { approve, register } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import { createWalletClient, type Hash, http, parseEther, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

export interface TestNetwork {
  readonly devnet: Devnet;
  /** Ends the executors, and with them their gateways. */
  stopExecutors(): Promise<void>;
  stop(): Promise<void>;
}

/** A local chain, written as the home's deployment, with real executors in this process. */
export async function startNetwork(
  home: string,
  executors: number,
  configOf: (
    devnet: Devnet,
  ) => Partial<ExecutorConfigInput> | Promise<Partial<ExecutorConfigInput>> = () => ({}),
  /** How many of them describe themselves, with a recipient for private tasks; the first ones. */
  described = 0,
): Promise<TestNetwork> {
  await mkdir(home, { recursive: true });
  const deploymentFile = join(home, "deployment.json");
  // The last account is nobody's yet.
  const devnet = await startDevnet({ accounts: 2 + executors, deploymentFile });
  const running: Executor[] = [];
  const stopExecutors = async () => {
    await Promise.all(running.map((executor) => executor.stop(AbortSignal.abort())));
  };
  const stop = async () => {
    await stopExecutors();
    await devnet.stop();
  };
  try {
    const config = await configOf(devnet);
    for (let i = 1; i <= executors; i++) {
      const folder = join(home, `executor-${i}`);
      await registerProvider(devnet, i, i <= described ? folder : undefined);
      running.push(await startProvider(devnet, i, folder, config));
    }
    return { devnet, stopExecutors, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Stakes for an identity of the account's.
 * @param describedIn the executor's folder, if it describes itself, with a recipient for private tasks
 */
export async function registerProvider(
  devnet: Devnet,
  index: number,
  describedIn?: string,
): Promise<void> {
  const account = accountOf(devnet, index);
  const { deployment } = devnet;
  const client = createWalletClient({
    account: privateKeyToAccount(account.privateKey),
    chain: foundry,
    transport: http(devnet.rpcUrl),
    pollingInterval: 50,
  });
  const stake = parseEther("5000");
  await approve(client, { deployment, token: deployment.token, amount: stake });
  const metadata = describedIn
    ? await describeProvider(index, join(describedIn, "data"))
    : zeroHash;
  const terms = { operator: account.address, metadata, endpoint: "", stake };
  await register(client, { deployment, ...terms });
}

/** Starts the executor of a registered provider. */
export async function startProvider(
  devnet: Devnet,
  index: number,
  folder: string,
  config: Partial<ExecutorConfigInput>,
): Promise<Executor> {
  const account = accountOf(devnet, index);
  const { deployment } = devnet;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "operator.key");
  await writeFile(file, account.privateKey, { mode: 0o600 });
  const { chainId: id, market, startBlock } = deployment;
  const endpoints = [devnet.rpcUrl];
  return startExecutor(
    parseConfig({
      dataFolder: join(folder, "data"),
      chain: { id, endpoints, market, startBlock, confirmations: 1, pollMillis: 100 },
      key: { file },
      storage: { gateway: {} },
      timing: { settleStagger: 2, drain: 1 },
      log: { level: "silent" },
      ...config,
    }),
  );
}

/** What `provider init` and `register` do for an executor that takes private tasks. */
async function describeProvider(index: number, dataFolder: string): Promise<Hash> {
  const { identity, recipient } = await makeKeyPair("x25519");
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await writeFile(join(dataFolder, "age-identity"), `${identity}\n`, { mode: 0o600 });
  const document = encodeDocument(providerSchema, {
    ...{ deco: "provider/1", name: `provider ${index}`, cpu: { cores: 1 }, retentionDays: 30 },
    ...{ memoryBytes: 2 ** 32, diskBytes: 2 ** 32, accelerators: [], recipient },
    engines: [{ name: "wasm" }],
  });
  const storage = await openStorage({ folder: join(dataFolder, "storage"), peerToPeer: false });
  try {
    return (await storage.addDocument(document, { visibility: "public" })).digest;
  } finally {
    await storage.close();
  }
}

function accountOf(devnet: Devnet, index: number) {
  const account = devnet.accounts[index];
  if (account === undefined) throw new TypeError(`no account ${index}`);
  return account;
}
