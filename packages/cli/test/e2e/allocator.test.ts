import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { writeHelloJob } from "../support/hello-job.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco, type Running, startDeco } from "../support/run-deco.ts";

describe("deco run --allocator", { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let job: string;
  let allocator: Running;
  let endpoint: string;
  const inFolder = (name: string) => join(folder.path, name);

  async function startAllocator(): Promise<void> {
    const args = ["--account", inFolder("hub-key"), "--settings", inFolder("settings.json")];
    allocator = startDeco(home, ["allocator", "start", ...args]);
    const line = await allocator.saying("endpoint");
    endpoint = /\/ip4\/[^\s"]+/.exec(line)?.[0] ?? "";
  }

  const run = (name: string) => [
    ...["run", job, "--account", inFolder("key"), "--output", inFolder(name)],
    ...["--allocator", endpoint],
  ];

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    network = await startNetwork(home, 3, ({ accounts }) => ({
      allocators: [accounts.at(-1)?.address ?? "0x"],
    }));
    const { accounts } = network.devnet;
    job = await writeHelloJob(inFolder("job"));
    await writeFile(inFolder("key"), accounts[0]?.privateKey ?? "", { mode: 0o600 });
    await writeFile(inFolder("hub-key"), accounts.at(-1)?.privateKey ?? "", { mode: 0o600 });
    const settings = { pollMillis: 200, confirmations: 1, windowSeconds: 10, patienceSeconds: 60 };
    await writeFile(inFolder("settings.json"), JSON.stringify(settings));
    await startAllocator();
  });
  afterAll(async () => {
    allocator.child.kill("SIGTERM");
    await allocator.finished;
    await network.stop();
    await folder.remove();
  });

  it("shows the price and sends nothing with --dry-run", async () => {
    const { code, json } = await deco(home, ...run("dry"), "--dry-run", "--json");
    expect(code).toBe(0);
    const { accounts } = network.devnet;
    expect(json).toMatchObject({ status: "runnable", request: { allocatorWindow: 10 } });
    expect(json.request.allocator.toLowerCase()).toBe(accounts.at(-1)?.address.toLowerCase());
    expect((await deco(home, "task", "list", "--json")).json.tasks).toEqual([]);
  });

  it("signs, hands over, and follows the task to its verified result", async () => {
    const { code, json, stderr } = await deco(home, ...run("first"), "--json");
    expect(stderr).toContain("the allocator asks executors for offers");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled", runs: 1, failedRuns: 0 });
    expect(await readFile(join(inFolder("first"), "stdout"), "utf8")).toBe("hello\n");
  });

  it("loses nothing when the allocator is killed under way and started again", async () => {
    const running = startDeco(home, [...run("second"), "--json"]);
    await running.saying("the allocator asks executors for offers");
    allocator.child.kill("SIGKILL");
    await allocator.finished;
    const before = endpoint;
    await startAllocator();
    expect(endpoint).toBe(before);
    const { code, json } = await running.finished;
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled" });
  });

  it("says when the allocator is silent, and the request can be cancelled", async () => {
    const running = startDeco(home, [...run("third"), "--json"]);
    await running.saying("request signed");
    allocator.child.kill("SIGKILL");
    await allocator.finished;
    const { code, json, stderr } = await running.finished;
    expect(stderr).toContain("the allocator does not answer");
    expect(code).toBe(3);
    expect(json.code).toBe("allocator-silent");
    const taskId = /deco task cancel (0x[0-9a-f]{64})/.exec(json.remedy)?.[1] ?? "";
    const cancelled = await deco(home, "task", "cancel", taskId, "--account", inFolder("key"));
    expect(cancelled.stdout).toContain("Nobody can open the request any more");
    await startAllocator();
  });
});
