import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient, type Hex, http } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { writeHelloJob } from "../support/hello-job.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

const CALLBACK = "0x00000000000000000000000000000000000Ca11b";
/** Code that reverts whatever it is called with, and code that stops. */
const REVERTS: Hex = "0x5f5ffd";
const ACCEPTS: Hex = "0x00";

describe("deco task deliver", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let password: readonly string[];
  const inFolder = (name: string) => join(folder.path, name);

  const plant = (bytecode: Hex) =>
    createTestClient({
      ...{ mode: "anvil", chain: foundry, transport: http(network.devnet.rpcUrl) },
    }).setCode({ address: CALLBACK, bytecode });

  async function settled(name: string, changes: object): Promise<string> {
    const job = await writeHelloJob(inFolder(name), { replicas: 1, minAgreeing: 1, ...changes });
    const output = inFolder(`${name}-out`);
    const { json } = await deco(home, "run", job, "--output", output, ...password, "--json");
    expect(json).toMatchObject({ status: "settled" });
    return json.taskId;
  }

  const deliver = (taskId: string) => deco(home, "task", "deliver", taskId, ...password, "--json");

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    network = await startNetwork(home, 1);
    password = ["--password-file", inFolder("password")];
    await writeFile(inFolder("password"), "correct horse\n", { mode: 0o600 });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
    const imported = await deco(home, "account", "import", "alice", inFolder("key"), ...password);
    expect(imported.code).toBe(0);
  });
  afterAll(async () => {
    await network.stop();
    await folder.remove();
  });

  it("refuses a task that names no contract", async () => {
    const taskId = await settled("plain", {});
    expect(await deliver(taskId)).toMatchObject({ code: 3, json: { code: "NoCallback" } });
  });

  it("refuses a task without a final result", async () => {
    const job = await writeHelloJob(inFolder("trusted"), {
      ...{ minTrust: 90, replicas: 1, minAgreeing: 1 },
      windows: { claimSeconds: 2, commitSeconds: 120, revealSeconds: 30 },
    });
    const none = ["--output", inFolder("none"), ...password, "--json"];
    const { json } = await deco(home, "run", job, "--anyway", ...none);
    expect(json).toMatchObject({ status: "ended", reason: "unfilled" });
    expect(await deliver(json.taskId)).toMatchObject({
      code: 1,
      json: { code: "task-not-settled", where: json.taskId },
    });
  });

  it("brings a result to the contract that did not take it before, once", async () => {
    await plant(REVERTS);
    const taskId = await settled("job", { callback: { address: CALLBACK, gas: 50_000 } });
    // Its provider would try again by itself.
    await network.stopExecutors();
    expect(await deliver(taskId)).toMatchObject({
      code: 1,
      json: { code: "callback-failed", where: CALLBACK },
    });
    await plant(ACCEPTS);
    expect(await deliver(taskId)).toMatchObject({
      code: 0,
      json: { status: "delivered", taskId, callback: CALLBACK },
    });
    expect(await deliver(taskId)).toMatchObject({ code: 3, json: { code: "AlreadyDelivered" } });
  });
});
