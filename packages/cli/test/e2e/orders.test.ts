import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackHold } from "@deco-network/sdk";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { operatorOf } from "../../../../test/sdk/support/market-network.ts";
import {
  type OrderNetwork,
  orderFor,
  proofOf,
  startOrderNetwork,
} from "../../../../test/sdk/support/orders.ts";
import { temporaryFolder } from "../support/folder.ts";
import { deco } from "../support/run-deco.ts";

const HOLD = { lock: parseEther("100"), commitWindow: 600, revealWindow: 300 };

describe("deco on orders that providers hold", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: OrderNetwork;
  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    network = await startOrderNetwork();
    const { deployment, rpcUrl } = network.devnet;
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "deployment.json"), JSON.stringify({ ...deployment, rpcUrl }));
  });
  afterAll(async () => {
    await network?.stop();
    await folder.remove();
  });

  async function hold(index: number) {
    const request = await orderFor(network, BigInt(index), HOLD);
    const signature = await network.requester.signRequest({ request });
    const holder = operatorOf(network, 1);
    await holder.openReserve({ index, amount: HOLD.lock });
    return { request, ...(await holder.holdOrder({ request, signature, index })) };
  }

  it("lists and shows them held, proven and dropped", async () => {
    const [proven, held] = [await hold(0), await hold(1)];
    const { until } = unpackHold(held.hold);
    await network.requester.proveHeld({
      ...proven,
      ...(await proofOf(network, proven.request, 1)),
    });
    const list = async () => (await deco(home, "task", "list", "--all", "--json")).json.tasks;
    const show = (task: string, ...more: string[]) => deco(home, "task", "show", task, ...more);
    expect(await list()).toMatchObject([
      { taskId: held.taskId, status: "held", provider: 1, until },
      { taskId: proven.taskId, status: "settled" },
    ]);
    const waiting = await show(held.taskId);
    expect(waiting.stdout).toContain("provider 1 holds the order until");
    expect(waiting.stdout).toContain("waiting for the holder of the order to prove");
    expect((await show(proven.taskId, "--json")).json).toMatchObject({ status: "settled" });

    await network.passTo(until + HOLD.revealWindow + 1);
    const due = await show(held.taskId, "--json");
    expect(due.json).toMatchObject({ status: "waiting for drop" });
    await operatorOf(network, 2).dropOrder(held);
    expect(await list()).toMatchObject([{ status: "ended", reason: "unproven" }, {}]);
    expect((await show(held.taskId, "--json")).json).toMatchObject({ status: "ended: unproven" });
  });
});
