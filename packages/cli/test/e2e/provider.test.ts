import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { writeHelloJob } from "../support/hello-job.ts";
import { deco, type Running, startDeco } from "../support/run-deco.ts";

describe("deco devnet and deco provider", { timeout: 300_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let devnet: Running;
  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    devnet = startDeco(home, ["devnet", "--accounts", "2", "--json"]);
    await devnet.saying('"status":"ready"');
  });
  afterAll(async () => {
    devnet.child.kill("SIGINT");
    const { code } = await devnet.finished;
    expect(code).toBe(0);
    // Nothing is left that would lead other commands to a chain that is gone.
    expect(existsSync(join(home, "deployment.json"))).toBe(false);
    await folder.remove();
  });

  it("brings a provider from nothing to work, and its stake back on its way", async () => {
    const made = await deco(home, "provider", "init", "--name", "helios", "--json");
    expect(made).toMatchObject({ code: 0, json: { status: "created" } });
    const registered = await deco(home, "provider", "register", "--stake", "5000", "--json");
    expect(registered.json).toMatchObject({ status: "registered", provider: 1 });

    const executor = startDeco(home, ["provider", "start", "--json"]);
    await executor.saying('"status":"ready"');
    const running = await deco(home, "provider", "status", "--json");
    expect(running.json.executor).toMatchObject({ running: true, ready: true });
    expect(running.json.executor).toMatchObject({
      intake: "on",
      checks: { engines: { wasm: true } },
    });

    // Posted with a lock that is above what this provider has.
    const job = await writeHelloJob(join(folder.path, "job"), { lock: "6000" });
    const posted = startDeco(home, ["run", job, "--anyway", "--json"]);
    const [task = ""] = /0x[0-9a-f]{64}/.exec(await posted.saying("0x")) ?? [];
    const why = await refusal(task);
    expect(why).toMatchObject({ because: { code: "stake-not-free" }, running: true });
    posted.child.kill("SIGINT");
    await posted.finished;
    const listed = await deco(home, "provider", "tasks", "--state", "released", "--json");
    expect(listed.json.tasks).toMatchObject([{ task, reason: "stake-not-free" }]);
    expect(await deco(home, "provider", "drain", "--wait", "--json")).toMatchObject({
      ...{ code: 0, json: { status: "drained", seats: [] } },
    });
    const drained = await deco(home, "provider", "status");
    expect(drained.stdout).toContain("takes no seats");
    expect(drained.stdout).toContain("deco provider resume");
    expect(await deco(home, "provider", "resume", "--json")).toMatchObject({ code: 0 });
    executor.child.kill("SIGINT");
    expect(await executor.finished).toMatchObject({ code: 0, json: { status: "ready" } });
    const later = await deco(home, "provider", "why", task);
    expect(later.code).toBe(0);
    expect(later.stdout).toContain("Less stake is free than the seat locks.");
    expect(await deco(home, "provider", "why", zeroHash, "--json")).toMatchObject({
      ...{ code: 1, json: { status: "unseen" } },
    });
    const csv = await deco(home, "provider", "report", "--csv", "--from", "2020-01-01");
    const [header, ...rows] = csv.stdout.trim().split("\n");
    expect(header).toMatch(/^task,kind,outcome,token,paid,/);
    expect(rows.at(-1)).toMatch(/^,own-affairs,,,0,0,0,0,0\.\d+,0,0,none,0$/);
    expect(await deco(home, "provider", "drain", "--json")).toMatchObject({
      ...{ code: 1, json: { code: "executor-not-running" } },
    });

    const staked = await deco(home, "provider", "stake", "1000", "--json");
    expect(staked.json).toMatchObject({ active: "6000000000000000000000" });
    const unbonding = await deco(home, "provider", "withdraw", "--unbond", "500", "--json");
    expect(unbonding.json).toMatchObject({ unbonding: "500000000000000000000" });
    const stopped = await deco(home, "provider", "status");
    expect(stopped.stdout).toContain("not running");
  });

  it("sets stake aside for orders, and frees it", async () => {
    const reserve = (...args: string[]) => deco(home, "provider", "reserve", ...args, "--json");
    const amount = "250000000000000000000";
    expect(await reserve("open", "7", "250", "--dry-run")).toMatchObject({
      ...{ code: 0, json: { status: "dry-run", provider: 1, index: 7, amount } },
    });
    expect((await reserve("show")).json).toEqual({ status: "ok", provider: 1, reserves: [] });
    expect(await reserve("open", "7", "250")).toMatchObject({
      ...{ code: 0, json: { status: "opened", provider: 1, index: 7, amount } },
    });
    expect((await reserve("show")).json.reserves).toEqual([{ index: 7, state: "free", amount }]);
    const status = await deco(home, "provider", "status");
    expect(status.stdout).toContain("250 DECO locked in 1 seats and reserves");
    expect(await reserve("open", "7", "1", "--dry-run")).toMatchObject({
      ...{ json: { code: "ReserveExists" } },
    });
    expect(await reserve("open", "256", "1")).toMatchObject({ code: 2, json: { code: "usage" } });
    expect((await reserve("close", "7", "--dry-run")).json.status).toBe("dry-run");
    expect((await reserve("close", "7")).json).toMatchObject({ status: "closed", index: 7 });
    expect(await reserve("close", "7")).toMatchObject({ json: { code: "ReserveNotFree" } });

    // Its operator key is the executor's while that runs.
    const executor = startDeco(home, ["provider", "start", "--json"]);
    await executor.saying('"status":"ready"');
    expect(await reserve("open", "7", "250")).toMatchObject({
      ...{ code: 1, json: { code: "executor-running" } },
    });
    executor.child.kill("SIGINT");
    await executor.finished;
  });

  it("keeps what protects its stake in an encrypted file, and takes it back", async () => {
    const file = join(folder.path, "deco.backup");
    const [secret, wrong] = [join(folder.path, "secret"), join(folder.path, "wrong")];
    await writeFile(secret, "correct horse\n", { mode: 0o600 });
    await writeFile(wrong, "wrong\n", { mode: 0o600 });
    const backup = (verb: string, password: string, ...more: string[]) =>
      deco(home, "provider", "backup", verb, file, "--password-file", password, "--json", ...more);
    const exported = await backup("export", secret);
    expect(exported).toMatchObject({ code: 0, json: { status: "exported", path: file } });
    expect(await backup("import", wrong)).toMatchObject({
      ...{ code: 2, json: { code: "backup-locked" } },
    });
    const checked = await backup("import", secret, "--dry-run");
    const report = { status: "checked", newCommitments: 0, saltSecret: "kept" };
    expect(checked).toMatchObject({ code: 0, json: report });
    expect(await backup("import", secret)).toMatchObject({ code: 0, json: { status: "imported" } });
  });

  async function refusal(task: string) {
    for (let tries = 0; ; tries++) {
      const { json } = await deco(home, "provider", "why", task, "--json");
      if (json.status === "refused" || tries === 40) return json;
    }
  }

  it("never replaces a provider's keys", async () => {
    const again = await deco(home, "provider", "init", "--json");
    expect(again).toMatchObject({ code: 2, json: { code: "provider-exists" } });
  });

  it("takes a keystore by its name, or a remote signer's key, as the operator's", async () => {
    const accounts = await deco(home, "account", "list", "--json");
    const { address } = accounts.json.accounts[0];
    const init = (name: string, ...more: string[]) =>
      deco(home, "provider", "init", "--folder", join(folder.path, name), ...more, "--json");
    const named = await init("named", "--operator", "devnet");
    expect(named).toMatchObject({ code: 0, json: { operator: address } });
    const unknown = await init("unknown", "--operator", "nobody");
    expect(unknown).toMatchObject({ code: 2, json: { code: "account-unknown" } });
    const remote = await init("remote", "--signer", "http://127.0.0.1:1", "--operator", address);
    expect(remote).toMatchObject({ code: 0, json: { operator: address } });
    const config = JSON.parse(await readFile(join(folder.path, "remote", "config.json"), "utf8"));
    expect(config.key).toEqual({ signer: { url: "http://127.0.0.1:1", address } });
    expect(existsSync(join(folder.path, "remote", "operator.json"))).toBe(false);
    const started = await deco(home, "provider", "start", "--folder", join(folder.path, "remote"));
    expect(started).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("signer-unreachable"),
    });
  });

  it("names what is missing where no provider is", async () => {
    const status = await deco(home, "provider", "status", "--folder", folder.path, "--json");
    const where = join(folder.path, "config.json");
    expect(status).toMatchObject({ code: 2, json: { code: "provider-missing", where } });
  });
});
