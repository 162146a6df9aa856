import { type Devnet, startDevnet } from "@deco-network/devnet";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type RpcFault, RpcProxy } from "../../../../test/faults/support/rpc-proxy.ts";
import { type ChainClient, connectChain } from "../../src/chain/chain-client.ts";
import type { Logger } from "../../src/runtime/logger.ts";

describe("a chain client with several endpoints", () => {
  let devnet: Devnet;
  let proxies: RpcProxy[] = [];
  let chain: ChainClient | undefined;
  let codes: string[] = [];
  let canonical: boolean | undefined;

  beforeAll(async () => {
    devnet = await startDevnet({ accounts: 1 });
    // Blocks come when a test says so.
    await anvil().setIntervalMining({ interval: 0 });
  });
  afterAll(async () => await devnet.stop());
  afterEach(async () => {
    chain?.close();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    canonical = undefined;
  });

  const anvil = () => createTestClient({ mode: "anvil", transport: http(devnet.rpcUrl) });

  async function open(count: number, timeoutMillis?: number): Promise<ChainClient> {
    proxies = await Promise.all(
      Array.from({ length: count }, (_, i) => RpcProxy.start(devnet.rpcUrl, i)),
    );
    return await connect(timeoutMillis);
  }

  async function connect(timeoutMillis = 400): Promise<ChainClient> {
    codes = [];
    const note = (entry: unknown) => codes.push((entry as { code: string }).code);
    const logger = { debug: note, info: note, warn: note, error: note } as unknown as Logger;
    chain = await connectChain({
      endpoints: proxies.map(({ url }) => url),
      ...{ chainId: devnet.chainId, timeoutMillis, staleMillis: 300, logger },
      isCanonical: () => canonical,
    });
    return chain;
  }

  const numberOf = async () => await chain?.client.getBlockNumber({ cacheTime: 0 });

  it.each([
    ["drop", "endpoint-dropped"],
    ["hang", "endpoint-timeout"],
    ["rate-limit", "endpoint-rate-limited"],
    ["server-error", "endpoint-failing"],
    ["malformed", "endpoint-malformed"],
  ] satisfies [RpcFault, string][])(
    "answers by the second when the first does: %s",
    async (fault, code) => {
      const { client, latest } = await open(2);
      await proxies[0]?.inject({ fault });
      const block = await client.getBlock();
      expect(codes).toEqual([code]);
      expect((await latest())?.hash).toBe(block.hash);
      await proxies[0]?.inject();
      await expect.poll(() => codes, { timeout: 5_000 }).toContain("endpoint-recovered");
      expect(chain?.status.map(({ trouble }) => trouble)).toEqual([null, null]);
    },
  );

  it("waits for its only endpoint to come back", async () => {
    const { client } = await open(1, 5_000);
    await proxies[0]?.inject({ fault: "drop", times: 2 });
    await expect(client.getBlockNumber()).resolves.toBeGreaterThan(0n);
    // A probe of its own may find the endpoint back before or after the call does.
    await expect.poll(() => codes).toEqual(["endpoint-dropped", "endpoint-recovered"]);
  });

  it("says that the chain is unreachable when nobody comes back in time", async () => {
    const { client } = await open(1);
    await proxies[0]?.inject({ fault: "drop" });
    await expect(client.getBlockNumber()).rejects.toThrow(/No endpoint of the chain answers/);
  });

  it("leaves an endpoint alone for as long as it asks", async () => {
    const { client } = await open(2);
    await proxies[0]?.inject({ fault: "rate-limit", times: 1 });
    await client.getBlockNumber({ cacheTime: 0 });
    const before = proxies[0]?.total;
    const started = performance.now();
    for (let i = 0; i < 20; i++) await client.getBlockNumber({ cacheTime: 0 });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(proxies[0]?.total).toBe(before);
    await expect.poll(() => codes, { timeout: 5_000 }).toContain("endpoint-recovered");
    expect(performance.now() - started).toBeGreaterThan(700);
  });

  it("passes on what a node refuses, without asking the next", async () => {
    const { client } = await open(2);
    const account = "0x00000000000000000000000000000000000000aa";
    const data = encodeFunctionData({
      ...{ abi: decoTokenAbi, functionName: "transfer" },
      args: [devnet.addresses.market, 1n],
    });
    const call = client.estimateGas({ account, to: devnet.addresses.token, data });
    await expect(call).rejects.toThrow(/revert/);
    expect(codes).toEqual([]);
    expect(proxies[1]?.calls.get("eth_estimateGas")).toBeUndefined();
  });

  it("refuses to start with an endpoint of another chain, by its name", async () => {
    await open(2);
    chain?.close();
    await proxies[1]?.inject({ fault: "wrong-chain" });
    const host = new URL(proxies[1]?.url ?? "").host;
    await expect(connect()).rejects.toMatchObject({
      code: "chain-mismatch",
      message: expect.stringContaining(host),
    });
  });

  it("takes an endpoint out that changes to another chain, and back when it returns", async () => {
    const { client, identify } = await open(2);
    await proxies[0]?.inject({ fault: "wrong-chain" });
    await identify();
    expect(codes).toEqual(["endpoint-wrong-chain"]);
    const asked = proxies[0]?.calls.get("eth_blockNumber") ?? 0;
    await client.getBlockNumber({ cacheTime: 0 });
    expect(proxies[0]?.calls.get("eth_blockNumber") ?? 0).toBe(asked);
    await proxies[0]?.inject();
    await expect.poll(() => codes, { timeout: 5_000 }).toContain("endpoint-recovered");
  });

  it("starts while an endpoint is away", async () => {
    await open(2);
    chain?.close();
    await proxies[0]?.inject({ fault: "drop" });
    await connect();
    expect(await numberOf()).toBeGreaterThan(0n);
    expect(chain?.witnesses()).toHaveLength(1);
  });

  it("does not believe an endpoint that stays behind, and asks the others for the state", async () => {
    const { client, latest } = await open(2);
    await latest();
    await proxies[0]?.inject({ fault: "stale-head" });
    await latest();
    await anvil().mine({ blocks: 5 });
    const { number } = await client.getBlock();
    // Behind for a moment is nothing: both vouch for the older one.
    expect((await latest())?.number).toBeLessThan(Number(number) + 6);
    await expect
      .poll(
        async () => {
          await latest();
          return codes;
        },
        { timeout: 5_000 },
      )
      .toContain("endpoint-stale");
    const direct = createPublicClient({ transport: http(devnet.rpcUrl) });
    const head = await direct.getBlockNumber();
    expect((await latest())?.number).toBe(Number(head));
    expect(await numberOf()).toBe(head);
    expect(chain?.witnesses()).toHaveLength(1);
    await proxies[0]?.inject();
    await latest();
    expect(codes).toContain("endpoint-recovered");
  });

  it("believes no head that one endpoint alone has, while the other keeps up", async () => {
    const { latest } = await open(2);
    const known = await latest();
    // The second has not seen the newest block yet.
    await proxies[1]?.inject({ fault: "stale-head" });
    await anvil().mine({ blocks: 1 });
    expect((await latest())?.hash).toBe(known?.hash);
  });

  it("finds out a block that does not have its hash", async () => {
    const { client, latest } = await open(2);
    await proxies[0]?.inject({ fault: "lying-blocks" });
    const block = await client.getBlock();
    expect(codes).toEqual(["endpoint-lied"]);
    expect((await latest())?.timestamp).toBe(Number(block.timestamp));
  });

  it("believes no receipt of a block that is not on the chain, nor one that another denies", async () => {
    const { client, status } = await open(3);
    expect(status).toHaveLength(3);
    const account = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
    const hash = await createWalletClient({ transport: http(devnet.rpcUrl) }).sendTransaction({
      ...{ account, chain: null, to: account.address, value: 1n },
    });
    await anvil().mine({ blocks: 1 });
    await proxies[0]?.inject({ fault: "flipped-receipts" });
    expect(await client.getTransactionReceipt({ hash })).toMatchObject({ status: "success" });
    await proxies[1]?.inject({ fault: "drop" });
    await expect(client.getTransactionReceipt({ hash })).rejects.toThrow(/could not be found/);
    expect(codes).toContain("receipt-disputed");
    canonical = false;
    await expect(client.getTransactionReceipt({ hash })).rejects.toThrow();
    expect(codes).toContain("endpoint-lied");
  });
});
