import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  bagResultOf,
  commitmentOf,
  type Request,
  saltOf,
  tagOf,
  taskIdOf,
} from "@deco-network/sdk";
import {
  approve,
  claim,
  commit,
  getTask,
  register,
  reveal,
  settle,
} from "@deco-network/sdk/actions";
import {
  createTestClient,
  createWalletClient,
  custom,
  type Hex,
  http,
  parseEther,
  publicActions,
  zeroAddress,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { getBlock } from "viem/actions";
import { expect, vi } from "vitest";

import type { Market } from "../../src/index.ts";

const ZERO_DIGEST: Hex = `0x${"11".repeat(32)}`;

/** A local chain with providers that this test drives by hand. */
export interface TestMarket {
  readonly devnet: Devnet;
  /** Of the requester, the devnet's first account. */
  readonly market: Market;
  readonly providers: readonly TestProvider[];
}

export interface TestProvider {
  readonly id: number;
  readonly market: Market;
}

export async function startMarket(providers: number): Promise<TestMarket> {
  const devnet = await startDevnet({ accounts: 1 + providers });
  const market = marketOf(devnet, 0);
  const registered: TestProvider[] = [];
  for (let i = 1; i <= providers; i++) registered.push(await registerProvider(devnet, i));
  // Stake counts for tasks that are posted in a later second.
  await passTime(market, 2);
  return { devnet, market, providers: registered };
}

export function marketOf(devnet: Devnet, account: number): Market {
  const key = devnet.accounts[account]?.privateKey;
  if (key === undefined) throw new TypeError(`no account ${account}`);
  const client = createWalletClient({
    account: privateKeyToAccount(key),
    transport: http(devnet.rpcUrl),
    pollingInterval: 50,
  }).extend(publicActions);
  return { client, deployment: devnet.deployment };
}

async function registerProvider(devnet: Devnet, account: number): Promise<TestProvider> {
  const market = marketOf(devnet, account);
  const { client, deployment } = market;
  const operator = devnet.accounts[account]?.address ?? zeroAddress;
  const stake = parseEther("5000");
  await approve(client, { deployment, token: deployment.token, amount: stake });
  const terms = { operator, metadata: ZERO_DIGEST, endpoint: "", stake };
  const { provider } = await register(client, { deployment, ...terms });
  return { id: provider, market };
}

/** A request that local providers can serve within seconds. */
export async function requestOf(market: Market, changes: Partial<Request> = {}): Promise<Request> {
  const { timestamp } = await getBlock(market.client);
  return {
    requester: market.client.account?.address ?? zeroAddress,
    nonce: BigInt(Math.floor(performance.now() * 1000)),
    expiry: Number(timestamp) + 600,
    program: ZERO_DIGEST,
    input: ZERO_DIGEST,
    volume: 1,
    token: market.deployment.token,
    minPrice: parseEther("1"),
    maxPrice: parseEther("1"),
    rampSeconds: 120,
    settlementFee: parseEther("0.01"),
    lock: parseEther("10"),
    dissentBps: 10_000,
    replicas: 2,
    maxReplicas: 2,
    thresholdBps: 6_000,
    minAgreeing: 2,
    minTrust: 10,
    minWeight: 0,
    claimWindow: 120,
    commitWindow: 60,
    revealWindow: 30,
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

export interface ManualOpening {
  readonly digest: Hex;
  /** Root of a bag. */
  readonly root?: Hex;
}

/** Takes every seat of a round, commits and reveals one result, and settles it. */
export async function serve(
  providers: readonly TestProvider[],
  request: Request,
  { digest, root }: ManualOpening,
): Promise<void> {
  const seated = providers.slice(0, request.replicas);
  // Two providers with equal stakes are drawn after a sixth of the window.
  for (const { market } of seated.slice(0, 1)) await passTime(market, request.claimWindow / 4);
  for (const { market } of seated) {
    const { client, deployment } = market;
    // The ticket is drawn at some second of the window; the seed comes with the next block.
    await vi.waitFor(() => claim(client, { deployment, request }), {
      timeout: 30_000,
      interval: 100,
    });
  }
  await voteAndSettle(seated, request, { digest, ...(root && { root }) });
}

async function voteAndSettle(
  seated: readonly TestProvider[],
  request: Request,
  { digest, root }: ManualOpening,
): Promise<void> {
  const result = root === undefined ? digest : bagResultOf(root, digest);
  const votes = seated.map(({ id, market }) => {
    const { deployment } = market;
    const domain = { chainId: deployment.chainId, market: deployment.market };
    const taskId = taskIdOf(domain, request);
    const secret = new Uint8Array(32).fill(id);
    const salt = saltOf({ ...domain, secret, taskId, round: 1 });
    return { market, taskId, provider: id, tag: tagOf(taskId, 1, result), salt };
  });
  for (const { market, ...vote } of votes) {
    const commitment = commitmentOf({ ...vote, round: 1 });
    await commit(market.client, { deployment: market.deployment, taskId: vote.taskId, commitment });
  }
  const [first] = votes;
  if (first === undefined) throw new TypeError("nobody is seated");
  const { client, deployment } = first.market;
  const reveals = votes.map(({ market: _market, ...vote }) => vote);
  await reveal(client, { deployment, reveals });
  const roster = seated.map(({ id }) => id).sort((a, b) => a - b);
  const opening = { digest, root: root ?? zeroHash, document: "0x" as const };
  await settle(client, { deployment, request, roster, opening });
  expect((await getTask(client, { deployment, taskId: first.taskId })).status).toBe("settled");
}

/** Moves the chain's clock on. */
export async function passTime({ client }: Market, seconds: number): Promise<void> {
  const node = createTestClient({ mode: "anvil", transport: custom(client) });
  await node.increaseTime({ seconds });
}
