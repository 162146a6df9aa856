import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { writeHelloJob } from "../support/hello-job.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco, startDeco } from "../support/run-deco.ts";

describe("deco on a network of three executors", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let job: string;
  /** Of the first run. */
  let taskId: string;
  const inFolder = (name: string) => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    network = await startNetwork(home, 3);
    job = await writeHelloJob(inFolder("job"));
    await writeFile(inFolder("password"), "correct horse\n", { mode: 0o600 });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
    const from = [inFolder("key"), "--password-file", inFolder("password")];
    expect((await deco(home, "account", "import", "alice", ...from)).code).toBe(0);
  });
  afterAll(async () => {
    await network.stop();
    await folder.remove();
  });

  it("plans without a key", async () => {
    const { code, json } = await deco(home, "plan", job, "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "runnable", plan: { refusals: [] } });
    expect(json.plan.eligible).toHaveLength(3);
    expect(json.plan.cost.escrow).toBe("3030000000000000000");
    expect(json.plan.warnings).toContainEqual(expect.objectContaining({ code: "inputs-public" }));
  });

  it("says that a job with too many replicas is not runnable", async () => {
    const large = await writeHelloJob(inFolder("large"), { replicas: 4, maxReplicas: 4 });
    expect(await deco(home, "plan", large, "--json")).toMatchObject({
      code: 1,
      json: { status: "not-runnable" },
    });
  });

  it("runs a job to its verified result", async () => {
    const output = inFolder("result");
    const args = ["run", job, "--output", output, "--password-file", inFolder("password")];
    const { code, json, stderr } = await deco(home, ...args, "--json");
    expect(stderr).toContain("seat 3/3");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled", output, runs: 1, failedRuns: 0, bytes: 6 });
    expect(json.providers.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      ...["agreed", "agreed", "agreed"],
    ]);
    expect(await readFile(join(output, "stdout"), "utf8")).toBe("hello\n");
    taskId = json.taskId;
    expect(json.receipts).toHaveLength(3);
    // What served the input is gone with its purpose.
    expect(existsSync(join(home, "tasks", taskId, "storage"))).toBe(false);
  });

  it("pays out what a provider earned", async () => {
    const { deployment, rpcUrl, accounts } = network.devnet;
    const provider = inFolder("earner");
    await mkdir(provider, { recursive: true });
    const key = join(provider, "operator.key");
    await writeFile(key, accounts[1]?.privateKey ?? "", { mode: 0o600 });
    const { chainId: id, market, startBlock } = deployment;
    const config = {
      ...{ dataFolder: provider, key: { file: key } },
      chain: { id, endpoints: [rpcUrl], market, startBlock },
    };
    await writeFile(join(provider, "config.json"), JSON.stringify(config), { mode: 0o600 });
    const args = ["provider", "withdraw", "--folder", provider, "--account", key, "--json"];
    const rehearsal = await deco(home, ...args, "--earnings", "--dry-run");
    expect(rehearsal).toMatchObject({ code: 0, json: { status: "dry-run" } });
    const [{ amount }] = rehearsal.json.withdrawals;
    expect(BigInt(amount)).toBeGreaterThan(1n);
    const part = await deco(home, ...args, "--earnings", "--amount", "1 base");
    expect(part.json).toMatchObject({ status: "withdrawn", withdrawals: [{ amount: "1" }] });
    const rest = await deco(home, ...args, "--earnings");
    expect(rest.json.withdrawals).toMatchObject([{ amount: `${BigInt(amount) - 1n}` }]);
    expect((await deco(home, ...args, "--earnings")).json).toMatchObject({ status: "empty" });
    for (const conflict of [["--dry-run"], ["--amount", "1"], ["--earnings", "--unbond", "1"]]) {
      const refused = await deco(home, ...args, ...conflict);
      expect(refused).toMatchObject({ code: 2, json: { code: "usage" } });
    }
  });

  it("lists and shows it", async () => {
    const listed = await deco(home, "task", "list", "--json");
    expect(listed.json.tasks).toMatchObject([{ taskId, status: "settled", fetched: true }]);
    const shown = await deco(home, "task", "show", taskId, "--json");
    expect(shown.json).toMatchObject({ status: "settled", taskId });
    const people = await deco(home, "task", "show", taskId);
    expect(people.stdout).toContain("settled: 30 of 30 weight agreed");
  });

  it("lists what each provider measured and signed", async () => {
    const { json } = await deco(home, "task", "show", taskId, "--json");
    expect(json.receipts).toHaveLength(3);
    for (const [index, each] of json.receipts.entries()) {
      const provider = json.stages.filter(({ stage }: { stage: string }) => stage === "seat-ended")[
        index
      ].provider;
      expect(each).toMatchObject({
        ...{ provider, status: "signed" },
        receipt: { task: taskId, provider, round: 1, runs: 1, engine: { name: "wasm" } },
      });
      expect(BigInt(each.receipt.fuelUsed)).toBeGreaterThan(0n);
    }
    const people = await deco(home, "task", "show", taskId);
    expect(people.stdout.match(/receipt of provider \d, signed: wasm/g)).toHaveLength(3);
  });

  it("shows what its programs wrote to who posted it, and to nobody else", async () => {
    const args = ["logs", taskId, "--account"];
    const alice = [...args, "alice", "--password-file", inFolder("password")];
    // Providers show it when they have seen the settlement: following waits for that.
    const followed = await deco(home, ...alice, "--follow");
    expect(followed.code).toBe(0);
    const lines = followed.stdout.trim().split("\n").sort();
    expect(lines).toEqual([1, 2, 3].map((id) => `${id} | [deco] exit code 0`));
    const { code, json } = await deco(home, ...alice, "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled", taskId });
    expect(json.providers).toHaveLength(3);
    for (const each of json.providers) {
      expect(each).toMatchObject({ status: "told", items: { done: 1, total: 1 } });
      expect(each.log).toEqual({ shown: "all", missing: 0, text: "[deco] exit code 0\n" });
    }
    await writeFile(inFolder("stranger"), network.devnet.accounts[4]?.privateKey ?? "", {
      mode: 0o600,
    });
    const refused = await deco(home, ...args, inFolder("stranger"), "--json");
    expect(refused).toMatchObject({ code: 1, json: { status: "silent" } });
    const codes = refused.json.providers.map(({ code: why }: { code: string }) => why);
    expect(codes).toEqual(["sender-refused", "sender-refused", "sender-refused"]);
  });

  it("finds its settlement sound, from the chain and gateways alone", async () => {
    const { code, json } = await deco(home, "verify", taskId, "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "sound", task: "settled" });
    expect(json.trusted.length).toBeGreaterThan(0);
    const signed = json.checks.filter(({ name }: { name: string }) => name === "receipt-signed");
    expect(signed).toHaveLength(3);
  });

  it("takes an interrupted run up again", async () => {
    const output = inFolder("recovered");
    const args = ["run", job, "--output", output, "--password-file", inFolder("password")];
    const run = startDeco(home, [...args, "--json"]);
    await run.saying("posted in block");
    run.child.kill("SIGINT");
    const interrupted = await run.finished;
    expect(interrupted).toMatchObject({ code: 4, json: { code: "interrupted" } });
    const { where } = interrupted.json;
    const { code, json } = await deco(home, "task", "result", where, "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled", taskId: where, output });
    expect(await readFile(join(output, "stdout"), "utf8")).toBe("hello\n");
  });

  it("fetches a result for somebody who did not post it", async () => {
    const output = inFolder("copy");
    const deployment = ["--deployment", join(home, "deployment.json")];
    const args = ["task", "result", taskId, "--output", output, ...deployment, "--json"];
    expect(await deco(inFolder("other-home"), ...args)).toMatchObject({ code: 0 });
    expect(await readFile(join(output, "stdout"), "utf8")).toBe("hello\n");
  });

  it("runs a program that was added before, by its CID", async () => {
    const added = await deco(home, "program", "add", inFolder("job/program.json"), "--json");
    expect(added.json).toMatchObject({ status: "added", engine: "wasm" });
    const program = { cid: added.json.cid };
    const byCid = await writeHelloJob(inFolder("by-cid"), { program });
    const output = inFolder("by-cid-result");
    const args = ["run", byCid, "--output", output, "--password-file", inFolder("password")];
    expect(await deco(home, ...args, "--json")).toMatchObject({
      code: 0,
      json: { status: "settled" },
    });
  });

  it("runs a task's job again without its file, at another price", async () => {
    const output = inFolder("again");
    const args = ["task", "rerun", taskId, "--max-price", "1.5", "--output", output, "--json"];
    const password = ["--password-file", inFolder("password")];
    const rehearsal = await deco(home, ...args, ...password, "--dry-run");
    expect(rehearsal).toMatchObject({ code: 0, json: { status: "runnable" } });
    expect(rehearsal.json.request.maxPrice).toBe("1500000000000000000");
    expect(existsSync(output)).toBe(false);
    const { code, json } = await deco(home, ...args, ...password);
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "settled", output, runs: 1 });
    expect(json.taskId).not.toBe(taskId);
    expect(await readFile(join(output, "stdout"), "utf8")).toBe("hello\n");
    // Its name went with it.
    const { tasks } = (await deco(home, "task", "list", "--json")).json;
    const listed = tasks.find((task: { taskId: string }) => task.taskId === json.taskId);
    expect(listed).toMatchObject({ name: "hello" });
  });

  it("checks a program in unlike surroundings", async () => {
    const args = ["program", "check", inFolder("job/program.json"), "--json"];
    const { code, json } = await deco(home, ...args);
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "same", agree: true, first: { exitCode: 0 } });
    expect(json.varied).toContain("time zone");
  });

  it("posts nothing with a wrong password", async () => {
    const wrong = inFolder("wrong");
    await writeFile(wrong, "battery staple\n", { mode: 0o600 });
    const args = ["run", job, "--output", inFolder("never"), "--password-file", wrong, "--json"];
    expect(await deco(home, ...args)).toMatchObject({ code: 2, json: { code: "password-wrong" } });
  });

  it("keeps nothing of a task that the account cannot pay", async () => {
    const price = { max: "90000000", min: "90000000" };
    const dear = await writeHelloJob(inFolder("dear"), { price, lock: "90000000" });
    const args = ["run", dear, "--anyway", "--password-file", inFolder("password"), "--json"];
    const before = await readdir(join(home, "tasks"));
    expect(await deco(home, ...args)).toMatchObject({ code: 3, json: { code: "balance-too-low" } });
    expect(await readdir(join(home, "tasks"))).toEqual(before);
  });

  it("posts nothing when the folder for outputs is taken", async () => {
    const args = ["run", job, "--output", inFolder("job"), "--password-file", inFolder("password")];
    const run = await deco(home, ...args, "--json");
    expect(run).toMatchObject({ code: 2, json: { code: "output-exists" } });
  });

  it("names file and place of a mistake in a job", async () => {
    const bad = await writeHelloJob(inFolder("bad"), { price: { max: "cheap" } });
    const { code, json } = await deco(home, "plan", bad, "--json");
    expect({ code, ...json }).toMatchObject({ code: "job-invalid", exitCode: 2 });
    expect(json.message).toContain(bad);
    expect(json.message).toContain("$.price.max");
  });

  it("cancels a task that nobody has taken", async () => {
    // No provider has so much trust, so the task stays open.
    const trusted = await writeHelloJob(inFolder("trusted"), { minTrust: 90 });
    const password = ["--password-file", inFolder("password")];
    const args = ["run", trusted, "--anyway", "--output", inFolder("none"), ...password, "--json"];
    const run = startDeco(home, args);
    await run.saying("waiting for providers to take seats");
    run.child.kill("SIGINT");
    const { where } = (await run.finished).json;
    const cancelled = await deco(home, "task", "cancel", where, ...password, "--json");
    expect(cancelled).toMatchObject({ code: 0, json: { status: "cancelled", taskId: where } });
    const result = await deco(home, "task", "result", where, "--json");
    expect(result).toMatchObject({ code: 1, json: { status: "ended", reason: "cancelled" } });
  });

  it("tells that no such task exists, and that no node answers", async () => {
    const nobody = `0x${"00".repeat(32)}`;
    const [unknown, malformed, silent] = await Promise.all([
      deco(home, "task", "show", nobody, "--json"),
      deco(home, "task", "show", "0x12", "--json"),
      deco(home, "task", "show", nobody, "--rpc", "http://127.0.0.1:9", "--json"),
    ]);
    expect(unknown).toMatchObject({ code: 3, json: { code: "task-unknown" } });
    expect(malformed).toMatchObject({ code: 2, json: { code: "usage" } });
    expect(silent).toMatchObject({ code: 3, json: { code: "chain-unreachable" } });
  });

  it("does not call a settlement sound whose content nobody serves", async () => {
    await network.stopExecutors();
    const { code, json } = await deco(home, "verify", taskId, "--timeout", "1", "--json");
    expect(code).toBe(1);
    expect(json).toMatchObject({ status: "unsound", task: "settled" });
  });
});
