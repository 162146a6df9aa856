import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Devnet, type DevnetOptions, startDevnet } from "@deco-network/devnet";
import {
  encodeDocument,
  inputSchema,
  type MarketEvent,
  type ProgramDocument,
  parseMarketLogs,
  programSchema,
  type Request,
  taskIdOf,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import { openStorage, type Storage } from "@deco-network/storage";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  maxUint256,
  type PublicClient,
  parseEther,
  zeroAddress,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

import { type ExecutorConfigInput, parseConfig } from "../../src/index.ts";
import { tinyModule } from "./tiny-module.ts";

export interface TestProvider {
  readonly id: number;
  readonly config: ExecutorConfigInput;
}

/** A local chain, a requester with its own IPFS node, and registered providers. */
export interface TestNetwork {
  readonly devnet: Devnet;
  readonly client: PublicClient;
  readonly storage: Storage;
  readonly providers: readonly TestProvider[];
  readonly folder: string;
  /** Dials the addresses of an endpoint, as a requester does. */
  dial(endpoint: string): Promise<void>;
  /** Posts a task for the tiny program; a bag when `items` is given. */
  post(options?: { items?: number; terms?: Partial<Request> }): Promise<Hash>;
  postRequest(request: Request): Promise<Hash>;
  /** A request for the tiny program, with its content served; posted by nobody yet. */
  request(options?: { items?: number; terms?: Partial<Request> }): Promise<Request>;
  /** Names of the market's events about a task, in order. */
  events(task: Hash): Promise<TaskEvent[]>;
  /** Waits until the condition holds; fails when it does not in time. */
  until<T>(condition: () => Promise<T | undefined | false>, seconds?: number): Promise<T>;
  send(account: number, to: Address, data: Hex): Promise<void>;
  close(): Promise<void>;
}

export type TaskEvent = MarketEvent;

const DAY = 86_400;

export async function startNetwork(
  providerCount: number,
  options: DevnetOptions = {},
): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), "deco-executor-"));
  const devnet = await startDevnet({ ...options, accounts: options.accounts ?? providerCount + 1 });
  const storage = await openStorage();
  const { market, token } = devnet.addresses;
  const transport = http(devnet.rpcUrl);
  const client = createPublicClient({ transport });
  const wallet = createWalletClient({ transport });

  async function until<T>(condition: () => Promise<T | undefined | false>, seconds = 40) {
    const end = performance.now() + seconds * 1_000;
    for (;;) {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
      if (performance.now() > end) throw new RangeError(`not within ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const sent = async (hash: Hash) => {
    const receipt = await until(() =>
      client.getTransactionReceipt({ hash }).catch(() => undefined),
    );
    if (receipt.status !== "success") throw new RangeError(`${hash} reverted`);
  };
  const signer = (index: number) => {
    const key = devnet.accounts[index]?.privateKey;
    if (!key) throw new RangeError(`no account ${index}`);
    return privateKeyToAccount(key);
  };

  // Account 0 is the requester; accounts 1.. own and operate the providers.
  const providers: TestProvider[] = [];
  for (let i = 0; i <= providerCount; i++) {
    const account = signer(i);
    const approve = {
      abi: decoTokenAbi,
      functionName: "approve",
      args: [market, maxUint256],
    } as const;
    await sent(await wallet.writeContract({ account, chain: null, address: token, ...approve }));
    if (i === 0) continue;
    const register = {
      abi: decoMarketAbi,
      functionName: "register",
      args: [account.address, zeroHash, "", parseEther("10000")],
    } as const;
    await sent(await wallet.writeContract({ account, chain: null, address: market, ...register }));
    const file = join(folder, `key-${i}`);
    await writeFile(file, devnet.accounts[i]?.privateKey ?? "", { mode: 0o600 });
    providers.push({
      id: i,
      config: {
        dataFolder: join(folder, `provider-${i}`),
        chain: {
          id: devnet.chainId,
          endpoints: [devnet.rpcUrl],
          market,
          startBlock: devnet.startBlock,
          confirmations: 1,
          pollMillis: 100,
        },
        key: { file },
        timing: { settleStagger: 1, commitMargin: 2, drain: 0 },
        retentionDays: 1,
        log: { level: "silent" },
      },
    });
  }

  // Stake counts for tasks that are posted in a later second.
  const { timestamp: registered } = await client.getBlock();
  await until(async () => (await client.getBlock()).timestamp > registered);

  const requester = signer(0);
  let nonce = 0n;
  async function build({ items, terms }: { items?: number; terms?: Partial<Request> } = {}) {
    const { program, input } = await addTask(storage, items);
    const { timestamp } = await client.getBlock();
    const request: Request = {
      ...TERMS,
      ...{ requester: requester.address, nonce: nonce++, token, program, input },
      expiry: Number(timestamp) + DAY,
      volume: items ?? 1,
      ...terms,
    };
    return request;
  }
  const network: TestNetwork = {
    ...{ devnet, client, storage, providers, folder, until },
    async dial(endpoint) {
      for (const address of endpoint.split(",")) {
        if (address.includes("/p2p/")) await storage.connect(address);
      }
    },
    request: build,
    async post(options) {
      return await network.postRequest(await build(options));
    },
    async postRequest(request) {
      await sent(
        await wallet.writeContract({
          ...{ account: requester, chain: null, address: market },
          ...{ abi: decoMarketAbi, functionName: "post", args: [request] },
        }),
      );
      return taskIdOf({ chainId: devnet.chainId, market }, request);
    },
    async events(task) {
      const logs = await client.getLogs({ address: market, fromBlock: 0n });
      return parseMarketLogs(market, logs).filter(
        ({ args }) => "taskId" in args && args.taskId === task,
      );
    },
    async send(account, to, data) {
      await sent(await wallet.sendTransaction({ account: signer(account), chain: null, to, data }));
    },
    async close() {
      await storage.close();
      await devnet.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return network;
}

export function configOf(
  provider: TestProvider | undefined,
  more: Partial<ExecutorConfigInput> = {},
) {
  return parseConfig({ ...provider?.config, ...more });
}

async function addTask(storage: Storage, items: number | undefined) {
  const visibility = "public" as const;
  const module = await storage.addBytes(tinyModule(), { visibility });
  const document: ProgramDocument = {
    deco: "program/1",
    engine: "wasm",
    module: module.cid,
    command: ["tiny"],
    env: { GREETING: "hello" },
    limits: {
      memoryBytes: 2 ** 20,
      outputBytes: 2 ** 20,
      stdoutBytes: 2 ** 16,
      wallSeconds: 30,
      fuel: "100000000",
    },
    network: "none",
    stdout: true,
  };
  const program = await storage.addDocument(encodeDocument(programSchema, document), {
    visibility,
  });
  const digests: Uint8Array[] = [];
  for (let i = 0; i < (items ?? 0); i++) {
    const { digest } = await storage.addDocument(new TextEncoder().encode(`item ${i}`), {
      visibility,
    });
    digests.push(Buffer.from(digest.slice(2), "hex"));
  }
  const list = items && (await storage.addBytes(Buffer.concat(digests), { visibility }));
  const input = await storage.addDocument(
    encodeDocument(inputSchema, {
      deco: "input/1",
      ...(list && items && { items: { list: list.cid, count: items } }),
    }),
    { visibility },
  );
  return { program: program.digest, input: input.digest };
}

/** Windows short enough for a test, long enough for a busy machine. */
export const TERMS: Omit<
  Request,
  "requester" | "nonce" | "expiry" | "program" | "input" | "volume" | "token"
> = {
  minPrice: parseEther("1"),
  maxPrice: parseEther("2"),
  rampSeconds: 12,
  settlementFee: parseEther("0.01"),
  lock: parseEther("100"),
  dissentBps: 10_000,
  replicas: 1,
  maxReplicas: 1,
  thresholdBps: 6_000,
  minAgreeing: 1,
  minTrust: 10,
  minWeight: 0,
  claimWindow: 12,
  commitWindow: 20,
  revealWindow: 15,
  challengeWindow: 0,
  deliveryWindow: 0,
  inputWindow: 0,
  auditBps: 0,
  panelPrice: 0n,
  policy: zeroAddress,
  policyData: zeroHash,
  allocator: zeroAddress,
  allocatorWindow: 0,
  callback: zeroAddress,
  callbackGas: 0,
  programOwner: zeroAddress,
  programBps: 0,
  dataOwner: zeroAddress,
  dataBps: 0,
};
