import { describe as describeProvider } from "@deco-network/sdk/actions";
import { openStorage, startGateway } from "@deco-network/storage";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import { connectProviders } from "../../src/index.ts";
import { startMarket, type TestMarket } from "../support/market.ts";

describe("connectProviders", () => {
  let test: TestMarket;
  beforeAll(async () => {
    test = await startMarket(2);
  });
  afterAll(() => test.devnet.stop());

  it("dials who is there, then who comes later, and collects gateways", async () => {
    const [mine, theirs, late] = await Promise.all([openStorage(), openStorage(), openStorage()]);
    const gateway = await startGateway(theirs);
    onTestFinished(async () => {
      await gateway.close();
      await Promise.all([mine, theirs, late].map((storage) => storage.close()));
    });
    const announce = async (index: number, addresses: string[]) => {
      const provider = test.providers[index];
      if (provider === undefined) throw new TypeError("no such provider");
      const { client, deployment } = provider.market;
      const terms = { provider: provider.id, metadata: `0x${"22".repeat(32)}` as const };
      await describeProvider(client, { deployment, ...terms, endpoint: addresses.join(",") });
    };
    await announce(0, ["nonsense", ...theirs.addresses(), gateway.multiaddr]);

    const connections = await connectProviders(test.market, mine, { pollMillis: 50 });
    onTestFinished(() => connections.close());
    expect(mine.peers()).toHaveLength(1);
    expect(connections.gateways()).toEqual([gateway.url]);

    await announce(1, late.addresses());
    await vi.waitFor(() => expect(mine.peers()).toHaveLength(2), { timeout: 10_000 });

    const { cid } = await mine.addBytes(new Uint8Array([1, 2, 3]), { visibility: "public" });
    expect([...(await theirs.getBlock(cid))]).toEqual([1, 2, 3]);
  });
});
