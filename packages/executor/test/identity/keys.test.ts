import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encryptKeystoreJson } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadOperator } from "../../src/identity/load-operator.ts";
import { loadSaltSecret } from "../../src/identity/load-salt-secret.ts";

const KEY = `0x${"12".repeat(32)}`;

describe("keys from files", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function keystore(): Promise<string> {
    const account = { address: (await rawOperator()).address, privateKey: KEY };
    return await encryptKeystoreJson(account, "secret", { scrypt: { N: 2, r: 8, p: 1 } });
  }

  async function rawOperator() {
    await writeFile(at("raw"), `${KEY}\n`, { mode: 0o600 });
    return await loadOperator({ file: at("raw") });
  }

  it("reads a raw key, with or without prefix", async () => {
    const { address } = await rawOperator();
    await writeFile(at("bare"), KEY.slice(2), { mode: 0o600 });
    expect((await loadOperator({ file: at("bare") })).address).toBe(address);
  });

  it("unlocks a V3 keystore with its password file", async () => {
    await writeFile(at("store"), await keystore(), { mode: 0o600 });
    await writeFile(at("password"), "secret\n", { mode: 0o600 });
    const files = { file: at("store"), passwordFile: at("password") };
    expect((await loadOperator(files)).address).toBe((await rawOperator()).address);
  });

  it("names what is wrong with a key", async () => {
    const refused = (files: { file: string; passwordFile?: string }, code: string) =>
      expect(loadOperator(files)).rejects.toMatchObject({ code });
    await refused({ file: at("missing") }, "key-unreadable");
    await writeFile(at("garbage"), "hello", { mode: 0o600 });
    await refused({ file: at("garbage") }, "key-unreadable");
    await writeFile(at("store"), await keystore(), { mode: 0o600 });
    await refused({ file: at("store") }, "key-locked");
    await writeFile(at("password"), "wrong", { mode: 0o600 });
    await refused({ file: at("store"), passwordFile: at("password") }, "key-locked");
    await rawOperator();
    await chmod(at("raw"), 0o644);
    await refused({ file: at("raw") }, "key-exposed");
  });

  it("makes the salt secret once, readable by its owner only", async () => {
    const first = await loadSaltSecret(at("salt"), false);
    expect(first).toHaveLength(32);
    expect((await stat(at("salt"))).mode & 0o777).toBe(0o600);
    expect(await loadSaltSecret(at("salt"), true)).toEqual(first);
  });

  it("does not replace a salt secret that commitments depend on", async () => {
    const lost = loadSaltSecret(at("salt"), true);
    await expect(lost).rejects.toMatchObject({ code: "secret-missing" });
    await writeFile(at("salt"), "0x12", { mode: 0o600 });
    const short = loadSaltSecret(at("salt"), true);
    await expect(short).rejects.toMatchObject({ code: "key-unreadable" });
  });
});
