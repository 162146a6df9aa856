import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKeyPair } from "@deco-network/privacy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { exportBackup, journalOf } from "../../src/backup/export-backup.ts";
import { importBackup } from "../../src/backup/import-backup.ts";
import { createPrivateFile } from "../../src/identity/private-file.ts";
import { parseConfig } from "../../src/index.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const MARKET = "0x00000000000000000000000000000000000000AA";
const OPERATOR = "0x00000000000000000000000000000000000000bb";
const SECRET = hash("5");
const PASSWORD = "correct horse";
const voted = (task: string, commitment: string) =>
  ({
    ...{ kind: "commitment-made" as const, key: { task: hash(task), round: 1 } },
    ...{ commitment: hash(commitment), tag: hash("7") },
  }) as const;

describe("a provider's backup", () => {
  let root: string;
  let file: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "deco-backup-"));
    file = join(root, "kept", "deco.backup");
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const configOf = (name: string, chain: { id?: number; market?: string } = {}) =>
    parseConfig({
      ...{ dataFolder: join(root, name), key: { file: "/keys/operator.json" } },
      chain: { id: 1, market: MARKET, endpoints: ["http://nowhere"], ...chain },
    });

  /** A data folder with a salt secret, and votes on tasks named by a digit. */
  async function folder(name: string, votes: Record<string, string>, secret = SECRET) {
    const config = configOf(name);
    await createFolder(config.dataFolder, secret);
    const journal = journalOf(config, OPERATOR);
    journal.record({ kind: "protection-merged", commitments: [], seats: [] });
    journal.record(...Object.entries(votes).map(([task, commitment]) => voted(task, commitment)));
    journal.close();
    return config;
  }

  async function createFolder(path: string, secret: string) {
    await mkdir(path, { recursive: true });
    await createPrivateFile(join(path, "salt-secret"), `${secret}\n`);
  }

  function protectionOf(name: string) {
    const journal = journalOf(configOf(name), OPERATOR);
    const protection = journal.protection();
    journal.close();
    return protection;
  }

  const exported = (name: string, votes: Record<string, string>) =>
    folder(name, votes).then((config) =>
      exportBackup(config, OPERATOR, { path: file, password: PASSWORD }),
    );
  const imported = (name: string, more: { password?: string; dryRun?: boolean } = {}) =>
    importBackup(configOf(name), OPERATOR, { path: file, password: PASSWORD, ...more });
  const coded = (code: string) => expect.objectContaining({ code });

  it("brings the age identity of private tasks, and keeps another one beside", async () => {
    const [theirs, ours] = await Promise.all([makeKeyPair("x25519"), makeKeyPair("x25519")]);
    const old = await folder("old", {});
    await createPrivateFile(join(old.dataFolder, "age-identity"), `${theirs.identity}\n`);
    await exportBackup(old, OPERATOR, { path: file, password: PASSWORD });
    const fresh = await folder("new", {});
    await createPrivateFile(join(fresh.dataFolder, "age-identity"), `${ours.identity}\n`);
    await imported("new");
    const read = (name: string) => readFile(join(fresh.dataFolder, name), "utf8");
    expect(await read("age-identity")).toBe(`${theirs.identity}\n`);
    expect(await read("age-identity.unused")).toBe(`${ours.identity}\n`);
    expect((await stat(join(fresh.dataFolder, "age-identity"))).mode & 0o077).toBe(0);
    expect(await readFile(file, "utf8")).not.toContain("AGE-SECRET-KEY");
  });

  it("brings votes and salt secret to an empty folder, and says where the key was", async () => {
    expect(await exported("old", { a: "1", b: "2" })).toEqual({ commitments: 2, seats: 0 });
    expect(await imported("new")).toEqual({
      ...{ commitments: 2, newCommitments: 2, seats: 0, newSeats: 0 },
      ...{ saltSecret: "written", keyFile: "/keys/operator.json" },
    });
    expect(protectionOf("new")).toEqual(protectionOf("old"));
    const secret = join(root, "new", "salt-secret");
    expect((await readFile(secret, "utf8")).trim()).toBe(SECRET);
    expect((await stat(secret)).mode & 0o077).toBe(0);
  });

  it("is one private file, and tells nothing without its password", async () => {
    await exported("old", { a: "1" });
    expect(await readdir(join(root, "kept"))).toEqual(["deco.backup"]);
    expect((await stat(file)).mode & 0o077).toBe(0);
    const text = await readFile(file, "utf8");
    for (const told of [SECRET.slice(2), OPERATOR.slice(2), "operator.json", hash("a").slice(2)]) {
      expect(text).not.toContain(told);
    }
    await expect(imported("new", { password: "correct hors" })).rejects.toEqual(
      coded("backup-locked"),
    );
    expect(await readdir(root)).not.toContain("new");
  });

  it("replaces an older export as a whole", async () => {
    const config = await folder("old", { a: "1" });
    const to = { path: file, password: PASSWORD };
    await exportBackup(config, OPERATOR, to);
    const journal = journalOf(config, OPERATOR);
    journal.record(voted("b", "2"));
    journal.close();
    expect(await exportBackup(config, OPERATOR, to)).toMatchObject({ commitments: 2 });
    expect(await imported("new", { dryRun: true })).toMatchObject({ newCommitments: 2 });
  });

  it("is refused when cut short anywhere, or changed anywhere", async () => {
    await exported("old", { a: "1" });
    const text = await readFile(file, "utf8");
    for (const length of [0, 20, Math.floor(text.length / 2), text.length - 30]) {
      await writeFile(file, text.slice(0, length));
      await expect(imported("new")).rejects.toEqual(coded("backup-invalid"));
    }
    const sealed = text.indexOf('"sealed"') + 40;
    const nonce = text.indexOf('"nonce"') + 12;
    const cost = text.replace('"r":8', '"r":4');
    const flip = (at: number) =>
      `${text.slice(0, at)}${text[at] === "a" ? "b" : "a"}${text.slice(at + 1)}`;
    for (const changed of [flip(sealed), flip(nonce), cost]) {
      await writeFile(file, changed);
      await expect(imported("new")).rejects.toEqual(coded("backup-locked"));
    }
    // More work than any release asks for is not begun.
    await writeFile(file, text.replace('"N":131072', '"N":1073741824'));
    await expect(imported("new")).rejects.toEqual(coded("backup-invalid"));
    expect(await readdir(root)).not.toContain("new");
  });

  it("is refused by another chain, market or operator", async () => {
    await exported("old", { a: "1" });
    const from = { path: file, password: PASSWORD };
    const foreign = coded("backup-foreign");
    for (const chain of [{ id: 2 }, { market: MARKET.replace("AA", "AB") }]) {
      await expect(importBackup(configOf("new", chain), OPERATOR, from)).rejects.toEqual(foreign);
    }
    const other = OPERATOR.replace("bb", "cc") as typeof OPERATOR;
    await expect(importBackup(configOf("new"), other, from)).rejects.toEqual(foreign);
  });

  it("adds to what is known and drops nothing of it", async () => {
    await exported("old", { a: "1", b: "2" });
    await folder("here", { b: "2", c: "3" });
    expect(await imported("here")).toMatchObject({ newCommitments: 1, saltSecret: "kept" });
    const tasks = protectionOf("here").commitments.map(({ task }) => task);
    expect(tasks).toEqual([hash("a"), hash("b"), hash("c")]);
    expect(await imported("here")).toMatchObject({ newCommitments: 0 });
  });

  it("changes nothing when it contradicts a vote, or a salt secret that was used", async () => {
    await exported("old", { a: "1", b: "2" });
    await folder("other-vote", { b: "9" });
    await expect(imported("other-vote")).rejects.toEqual(coded("backup-conflict"));
    expect(protectionOf("other-vote").commitments).toHaveLength(1);
    await folder("other-secret", { c: "3" }, hash("6"));
    await expect(imported("other-secret")).rejects.toEqual(coded("backup-conflict"));
  });

  it("takes the place of a salt secret that nothing was committed with, which is kept beside", async () => {
    await exported("old", { a: "1" });
    await folder("fresh", {}, hash("6"));
    expect(await imported("fresh")).toMatchObject({ saltSecret: "replaced" });
    const kept = await readFile(join(root, "fresh", "salt-secret.unused"), "utf8");
    expect(kept.trim()).toBe(hash("6"));
  });

  it("only tells what it would do in a dry run", async () => {
    await exported("old", { a: "1" });
    expect(await imported("new", { dryRun: true })).toMatchObject({ newCommitments: 1 });
    expect(await readdir(root)).not.toContain("new");
    await folder("here", { c: "3" });
    expect(await imported("here", { dryRun: true })).toMatchObject({ newCommitments: 1 });
    expect(protectionOf("here").commitments).toHaveLength(1);
  });

  it("is not written while the executor runs", async () => {
    const config = await folder("old", { a: "1" });
    const running = journalOf(config, OPERATOR);
    const to = { path: file, password: PASSWORD };
    await expect(exportBackup(config, OPERATOR, to)).rejects.toEqual(coded("journal-in-use"));
    running.close();
  });
});
