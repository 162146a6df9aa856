import { spawnSync } from "node:child_process";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { deco } from "../support/run-deco.ts";

const KEY = `0x${"07".repeat(32)}` as const;

describe("deco account", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let password: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    password = join(folder.path, "password");
    await writeFile(password, "correct horse\n", { mode: 0o600 });
  });
  afterAll(() => folder.remove());

  it("makes keystores that only their owner can read, and lists them", async () => {
    const made = await deco(home, "account", "new", "alice", "--password-file", password, "--json");
    expect(made).toMatchObject({ code: 0, json: { status: "created", name: "alice" } });
    expect((await stat(made.json.path)).mode & 0o077).toBe(0);
    expect(JSON.parse(await readFile(made.json.path, "utf8"))).toMatchObject({ version: 3 });
    const listed = await deco(home, "account", "list", "--json");
    const { address } = made.json;
    expect(listed.json.accounts).toMatchObject([{ name: "alice", address }]);
  });

  it("never overwrites one", async () => {
    const again = await deco(
      home,
      "account",
      "new",
      "alice",
      "--password-file",
      password,
      "--json",
    );
    expect(again).toMatchObject({ code: 2, json: { status: "error", code: "account-exists" } });
  });

  it("imports a raw key from a file", async () => {
    const file = join(folder.path, "raw.key");
    await writeFile(file, `${KEY}\n`, { mode: 0o600 });
    const args = ["account", "import", "bob", file, "--password-file", password, "--json"];
    const imported = await deco(home, ...args);
    expect(imported.json).toMatchObject({ address: privateKeyToAccount(KEY).address });
  });

  it("refuses a key file that others can read", async () => {
    const file = join(folder.path, "open.key");
    await writeFile(file, KEY);
    await chmod(file, 0o644);
    const args = ["account", "import", "carol", file, "--password-file", password, "--json"];
    const refused = await deco(home, ...args);
    expect(refused).toMatchObject({ code: 2, json: { code: "secret-exposed", where: file } });
  });

  it("names what is wrong with the command line", async () => {
    const [unknown, missing, bare] = await Promise.all([
      deco(home, "frobnicate", "--json"),
      deco(home, "plan", "--json"),
      deco(home),
    ]);
    expect(unknown).toMatchObject({ code: 2, json: { code: "usage" } });
    expect(missing).toMatchObject({ code: 2, json: { code: "usage" } });
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain("Usage: deco");
  });

  it("asks for a password only where somebody can type one", async () => {
    const asked = await deco(home, "account", "new", "dave", "--json");
    expect(asked).toMatchObject({ code: 2, json: { code: "password-missing" } });
  });

  it("shows examples and exit codes in the help of a command", async () => {
    const help = await deco(home, "run", "--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/Examples:[\s\S]*deco run job\.json[\s\S]*Exit codes:/);
  });

  it("completes commands and options in bash", async () => {
    const script = (await deco(home, "completion", "bash")).stdout;
    const complete = (...words: string[]) => {
      const ask = `COMP_WORDS=(deco ${words.join(" ")}); COMP_CWORD=${words.length}; _deco; echo "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync("bash", ["-c", `${script}\n${ask}`], { encoding: "utf8" });
      return stdout.trim().split(" ");
    };
    expect(complete("prov")).toEqual(["provider"]);
    expect(complete("task", "''")).toEqual([
      ...["list", "show", "result", "rerun", "cancel", "deliver", "undelivered"],
    ]);
    expect(complete("run", "--out")).toEqual(["--output"]);
  });

  it("says where it looked for a deployment", async () => {
    const listed = await deco(home, "task", "list", "--all", "--json");
    const where = join(home, "deployment.json");
    expect(listed).toMatchObject({ code: 2, json: { code: "deployment-missing", where } });
  });
});
