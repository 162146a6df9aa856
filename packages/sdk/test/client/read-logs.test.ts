import { createClient, custom, numberToHex, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import type { DecoClient } from "../../src/client/deployment.ts";
import { readMarketLogs } from "../../src/client/read-logs.ts";
import { DecoUsageError } from "../../src/errors/usage-error.ts";

const deployment = {
  chainId: 1,
  market: zeroAddress,
  token: zeroAddress,
  parameters: zeroAddress,
  randomness: zeroAddress,
  startBlock: 100,
};

interface Filter {
  readonly fromBlock: `0x${string}`;
  readonly toBlock: `0x${string}`;
}

/** A node that has one log in each block and answers for `most` blocks at once. */
function nodeWithLimit(most: number, latest: number, refusal = "query exceeds max block range") {
  const asked: [number, number][] = [];
  const client: DecoClient = createClient({
    transport: custom(
      {
        async request({ method, params }: { method: string; params: readonly Filter[] }) {
          if (method === "eth_blockNumber") return numberToHex(latest);
          const [from, to] = [Number(params[0]?.fromBlock), Number(params[0]?.toBlock)];
          asked.push([from, to]);
          if (to - from + 1 > most) throw { code: -32_005, message: refusal };
          return Array.from({ length: to - from + 1 }, (_, i) => ({
            ...{ address: zeroAddress, data: "0x", topics: [], logIndex: "0x0", removed: false },
            blockNumber: numberToHex(from + i),
          }));
        },
      },
      { retryCount: 0 },
    ),
  });
  return { client, asked };
}

describe("readMarketLogs", () => {
  test("asks once where the node allows it", async () => {
    const { client, asked } = nodeWithLimit(1_000, 199);
    const logs = await readMarketLogs(client, { deployment }, []);
    expect(logs.map((log) => Number(log.blockNumber))).toEqual(
      Array.from({ length: 100 }, (_, i) => 100 + i),
    );
    expect(asked).toEqual([[100, 199]]);
  });

  test("halves ranges that are too long, and keeps the order", async () => {
    const { client, asked } = nodeWithLimit(7, 199);
    const logs = await readMarketLogs(client, { deployment }, []);
    expect(logs.map((log) => Number(log.blockNumber))).toEqual(
      Array.from({ length: 100 }, (_, i) => 100 + i),
    );
    expect(asked.length).toBeLessThan(40);
  });

  test.each(["database is down", "rate limit exceeded", "too many requests"])(
    "does not mistake %j for a range",
    async (message) => {
      const { client, asked } = nodeWithLimit(7, 199, message);
      await expect(readMarketLogs(client, { deployment }, [])).rejects.toThrow();
      expect(asked).toEqual([[100, 199]]);
    },
  );

  test("asks nothing for an empty range", async () => {
    const { client, asked } = nodeWithLimit(7, 199);
    expect(await readMarketLogs(client, { deployment, fromBlock: 200 }, [])).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("ends by its signal", async () => {
    const { client } = nodeWithLimit(7, 199);
    const search = readMarketLogs(client, { deployment, signal: AbortSignal.abort() }, []);
    await expect(search).rejects.toThrow(DecoUsageError);
    await expect(search).rejects.toMatchObject({ code: "aborted" });
  });
});
