import { scrypt as nodeScrypt } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { type Address, getAddress, type Hex, isHex } from "viem";

import { CliError } from "../errors.ts";
import { type CommandContext, homeOf } from "./command-context.ts";
import { createPrivateFile, readPrivateFile } from "./private-file.ts";

/** A keystore of this machine. */
export interface StoredAccount {
  readonly name: string;
  readonly address: Address;
  readonly path: string;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** @throws CliError `usage` for a name that is none. */
export function keystorePath(context: CommandContext, name: string): string {
  if (!NAME.test(name)) {
    throw new CliError("usage", `"${name}" is no account name.`, {
      remedy: "Use 1 to 64 lower-case letters, digits, - and _.",
    });
  }
  return join(homeOf(context), "keystores", `${name}.json`);
}

/** File that may hold the password of a keystore, for unattended use. */
export function keptPasswordPath(keystore: string): string {
  return keystore.replace(/\.json$/, ".password");
}

/** Keystores by name. */
export async function listKeystores(context: CommandContext): Promise<StoredAccount[]> {
  const folder = join(homeOf(context), "keystores");
  const files = await readdir(folder).catch(() => []);
  const names = files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((name) => NAME.test(name))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const path = keystorePath(context, name);
      return { name, path, address: addressIn(path, await readPrivateFile(path)) };
    }),
  );
}

/**
 * Encrypts a key into a new V3 keystore.
 * @throws CliError `account-exists`, `file-unwritable`
 */
export async function createKeystore(
  path: string,
  account: { readonly address: Address; readonly privateKey: Hex },
  password: string,
): Promise<void> {
  const { encryptKeystoreJson } = await loadEthers();
  const json = await encryptKeystoreJson(account, password);
  if (await createPrivateFile(path, `${json}\n`)) return;
  throw new CliError("account-exists", "An account of this name exists.", {
    where: path,
    remedy: "Choose another name; keystores are never overwritten.",
  });
}

/** @throws CliError `password-wrong`, `account-unreadable` */
export async function decryptKeystore(path: string, json: string, password: string): Promise<Hex> {
  const { decryptKeystoreJson } = await loadEthers();
  try {
    const { privateKey } = await decryptKeystoreJson(json, password);
    if (isHex(privateKey)) return privateKey;
  } catch (cause) {
    if (cause instanceof Error && /incorrect password/i.test(cause.message)) {
      throw new CliError("password-wrong", "The password does not open the keystore.", {
        where: path,
        remedy: "Try again, or check the password file: its first line counts.",
        cause,
      });
    }
    throw unreadable(path, cause);
  }
  throw unreadable(path);
}

/** @throws CliError `account-unreadable` */
function addressIn(path: string, json: string): Address {
  try {
    const { address } = JSON.parse(json) as { readonly address: string };
    return getAddress(address.startsWith("0x") ? address : `0x${address}`);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause?: unknown): CliError {
  return new CliError("account-unreadable", "The file is no V3 keystore.", {
    where: path,
    remedy: "Restore it from your backup, or move it away.",
    cause,
  });
}

/** Loaded only where keys are handled: it is most of the start's time. */
async function loadEthers() {
  const ethers = await import("ethers");
  // The library's own scrypt is JavaScript and takes seconds.
  ethers.scrypt.register(
    (secret, salt, N, r, p, length) =>
      new Promise((resolve, reject) => {
        const maxmem = 256 * N * r;
        nodeScrypt(secret, salt, length, { N, r, p, maxmem }, (error, derived) =>
          error ? reject(error) : resolve(`0x${derived.toString("hex")}`),
        );
      }),
  );
  return ethers;
}
