import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { deco, type Running, startDeco } from "../support/run-deco.ts";

describe("deco devnet and deco provider", { timeout: 120_000 }, () => {
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
    executor.child.kill("SIGINT");
    expect(await executor.finished).toMatchObject({ code: 0, json: { status: "ready" } });

    const staked = await deco(home, "provider", "stake", "1000", "--json");
    expect(staked.json).toMatchObject({ active: "6000000000000000000000" });
    const unbonding = await deco(home, "provider", "withdraw", "--unbond", "500", "--json");
    expect(unbonding.json).toMatchObject({ unbonding: "500000000000000000000" });
    const stopped = await deco(home, "provider", "status");
    expect(stopped.stdout).toContain("not running");
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

  it("never replaces a provider's keys", async () => {
    const again = await deco(home, "provider", "init", "--json");
    expect(again).toMatchObject({ code: 2, json: { code: "provider-exists" } });
  });

  it("names what is missing where no provider is", async () => {
    const status = await deco(home, "provider", "status", "--folder", folder.path, "--json");
    const where = join(folder.path, "config.json");
    expect(status).toMatchObject({ code: 2, json: { code: "provider-missing", where } });
  });
});
