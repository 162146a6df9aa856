import { askRefusals, type RefusalReport } from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TestMarket } from "./support/market.ts";

/** Long enough to be asked about before the task ends for want of seats. */
const WINDOWS = { claimWindow: 60, rampSeconds: 60, commitWindow: 300, revealWindow: 300 };

describe("a requester whose task nobody takes", { timeout: 120_000 }, () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await TestMarket.open(2);
    // One has too little memory for the program, the other does not serve this requester.
    await market.start(1, {}, { capacity: { memoryBytes: 2 ** 20 } });
    const [requester] = market.network.devnet.accounts;
    if (!requester) throw new RangeError("no requester");
    const { address } = privateKeyToAccount(requester.privateKey);
    await market.start(2, {}, { policy: { denyRequesters: [address] } });
  }, 120_000);
  afterAll(() => market.close());

  const askAs = async (account: number, request: Request, signal = AbortSignal.timeout(20_000)) => {
    const { client, devnet, storage } = market.network;
    const key = devnet.accounts[account]?.privateKey;
    if (!key) throw new RangeError(`no account ${account}`);
    const { deployment } = devnet;
    const options = { signer: privateKeyToAccount(key), request, signal };
    return await askRefusals({ client, deployment }, storage, options);
  };
  const codesOf = (reports: readonly RefusalReport[]) =>
    reports.map((report) =>
      report.status === "silent" ? report.code : report.refusals.map(({ code }) => code),
    );

  it("learns from each provider why, and nobody else does", async () => {
    const request = await market.network.request({ terms: WINDOWS });
    await market.network.postRequest(request);
    const told = await market.network.until(async () => {
      const reports = await askAs(0, request);
      const all = reports.every((each) => each.status === "told" && each.refusals.length > 0);
      return reports.length === 2 && all && reports;
    }, 60);
    expect(codesOf(told)).toEqual([["memory-limit"], ["requester-denied"]]);
    expect(told[0]).toMatchObject({
      refusals: [{ source: "market", round: 1, detail: expect.stringContaining("1048576") }],
    });
    // Whose task it is says the request that the question holds.
    expect(codesOf(await askAs(1, request))).toEqual(["sender-refused", "sender-refused"]);
    expect(codesOf(await askAs(0, { ...request, nonce: 77n }))).toEqual([[], []]);
  });
});
