import { type Devnet, startDevnet } from "@deco-network/devnet";
import type { DecoActions, DecoClient, Request } from "@deco-network/sdk";
import {
  commitmentOf,
  decoActions,
  drawnAfter,
  saltOf,
  stakeBefore,
  tagOf,
  ticketOf,
} from "@deco-network/sdk";
import {
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  parseEther,
  sha256,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

export type Party = DecoActions & { readonly address: Hex };

export interface MarketNetwork {
  readonly devnet: Devnet;
  /** Reads without an account. */
  readonly reader: DecoActions;
  readonly client: DecoClient;
  readonly requester: Party;
  /** Operator keys, each of which owns its provider too; provider ids are 1, 2, ... in this order. */
  readonly operators: readonly Party[];
  /** Time of the latest block. */
  now(): Promise<number>;
  /** Moves the chain's clock and mines a block. */
  pass(seconds: number): Promise<void>;
  /** Mines the next block at this second. */
  passTo(timestamp: number): Promise<void>;
  stop(): Promise<void>;
}

/** The operator of a provider; provider ids count from 1. */
export function operatorOf(network: MarketNetwork, provider: number): Party {
  const party = network.operators[provider - 1];
  if (party === undefined) throw new RangeError(`no operator ${provider}`);
  return party;
}

export const STAKE = parseEther("2000");

/** A chain that mines one block per transaction and whose clock the tests move. */
export async function startMarketNetwork(operators: number): Promise<MarketNetwork> {
  const devnet = await startDevnet({ accounts: operators + 1 });
  try {
    return await compose(devnet);
  } catch (error) {
    await devnet.stop();
    throw error;
  }
}

async function compose(devnet: Devnet): Promise<MarketNetwork> {
  const transport = http(devnet.rpcUrl);
  const options = { deployment: devnet.deployment };
  const client = createPublicClient({ chain: foundry, transport, pollingInterval: 20 });
  const node = (method: string, params: unknown[]) =>
    client.request({ method, params } as unknown as Parameters<typeof client.request>[0]);
  await node("evm_setIntervalMining", [0]);
  await node("evm_setAutomine", [true]);

  const parties = devnet.accounts.map(({ privateKey, address }): Party => {
    const account = privateKeyToAccount(privateKey);
    const wallet = createWalletClient({ chain: foundry, transport, account, pollingInterval: 20 });
    return { ...decoActions(options)(wallet), address };
  });
  const [requester, ...operators] = parties;
  if (requester === undefined) throw new RangeError("the devnet has no accounts");
  const token = devnet.addresses.token;
  await requester.approve({ token, amount: parseEther("500000") });
  for (const [i, operator] of operators.entries()) {
    await operator.approve({ token, amount: parseEther("500000") });
    await operator.register({
      ...{ operator: operator.address, stake: STAKE },
      metadata: sha256(toHex(`provider ${i + 1}`)),
      endpoint: `/ip4/127.0.0.1/tcp/${4000 + i}/p2p/x, /ip4/127.0.0.1/tcp/${5000 + i}/http`,
    });
  }
  const now = async () => Number((await client.getBlock()).timestamp);
  const passTo = async (timestamp: number) => {
    await node("evm_setNextBlockTimestamp", [timestamp]);
    await node("evm_mine", []);
  };
  return {
    ...{ devnet, requester, operators, client, now, passTo },
    reader: decoActions(options)(client),
    pass: async (seconds) => passTo((await now()) + seconds),
    stop: () => devnet.stop(),
  };
}

/** A request that the local market accepts. */
export async function requestFor(
  network: MarketNetwork,
  changes: Partial<Request> = {},
): Promise<Request> {
  return {
    requester: network.requester.address,
    nonce: BigInt(await network.now()),
    expiry: (await network.now()) + 3_600,
    program: sha256(toHex("a program")),
    input: sha256(toHex("an input")),
    volume: 1,
    token: network.devnet.addresses.token,
    minPrice: parseEther("1"),
    maxPrice: parseEther("2"),
    rampSeconds: 60,
    settlementFee: parseEther("0.01"),
    lock: parseEther("100"),
    dissentBps: 5_000,
    replicas: 3,
    maxReplicas: 6,
    thresholdBps: 6_000,
    minAgreeing: 2,
    minTrust: 10,
    minWeight: 0,
    claimWindow: 60,
    commitWindow: 30,
    revealWindow: 20,
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
    ...changes,
  };
}

/** A provider's seconds from the opening of the current round until it is drawn; undefined for never. */
export async function drawOf(
  network: MarketNetwork,
  taskId: Hex,
  request: Request,
  provider: number,
): Promise<{ readonly openedAt: number; readonly after: number | undefined }> {
  const task = await network.reader.getTask({ taskId });
  if (task.status !== "open") throw new RangeError(`the task is ${task.status}`);
  const seed = await network.reader.getSeed({ seedBlock: task.seedBlock });
  if (seed.status !== "known") throw new RangeError(`the seed is ${seed.status}`);
  const { stake } = await network.reader.getProvider({ provider });
  const ticket = ticketOf(seed.seed, taskId, task.round, provider);
  const after = drawnAfter(ticket, {
    claimWindow: request.claimWindow,
    seats: task.wanted,
    stake: stakeBefore(stake, task.postedAt),
    totalStake: task.totalStake,
  });
  return { openedAt: task.openedAt, after };
}

/** What one operator would commit to and reveal for a result. */
export function ballot(
  network: MarketNetwork,
  vote: { taskId: Hex; round: number; provider: number; result: Hex },
) {
  const { taskId, round, provider, result } = vote;
  const { chainId, addresses } = network.devnet;
  const secret = new Uint8Array(32).fill(provider);
  const salt = saltOf({ secret, chainId, market: addresses.market, taskId, round });
  const tag = tagOf(taskId, round, result);
  const commitment = commitmentOf({ taskId, round, provider, tag, salt });
  return { commitment, reveal: { taskId, provider, tag, salt } };
}

export function digestOf(text: string): Hex {
  return keccak256(toHex(text));
}
