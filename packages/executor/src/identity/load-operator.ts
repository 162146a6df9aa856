import { scrypt as nodeScrypt } from "node:crypto";

import { isHex, size } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

import { ExecutorError } from "../errors.ts";
import { readPrivateFile } from "./private-file.ts";

export interface KeyFiles {
  /** A V3 keystore, or a raw private key in hexadecimal. */
  readonly file: string;
  /** Password of the keystore, its first line. */
  readonly passwordFile?: string | undefined;
}

/**
 * The operator key. It comes from files only: arguments and environments are seen by others.
 * @throws ExecutorError `key-unreadable`, `key-exposed`, `key-locked`
 */
export async function loadOperator(files: KeyFiles): Promise<PrivateKeyAccount> {
  const text = (await readPrivateFile(files.file)).trim();
  const key = text.startsWith("{") ? await unlock(text, files) : text;
  const normal = key.startsWith("0x") ? key : `0x${key}`;
  if (!isHex(normal) || size(normal) !== 32) {
    throw new ExecutorError("key-unreadable", `${files.file} holds no private key.`, {
      remedy: "Give a V3 keystore, or a file with 32 bytes in hexadecimal.",
    });
  }
  return privateKeyToAccount(normal);
}

async function unlock(keystore: string, files: KeyFiles): Promise<string> {
  if (files.passwordFile === undefined) {
    throw new ExecutorError("key-locked", `${files.file} is encrypted.`, {
      remedy: "Set key.passwordFile to a file with its password.",
    });
  }
  const password = (await readPrivateFile(files.passwordFile)).split(/\r?\n/, 1)[0] ?? "";
  // Loaded only here: most of its weight is of no use to the daemon.
  const { decryptKeystoreJson, scrypt } = await import("ethers");
  // The library's own scrypt is JavaScript and takes seconds.
  scrypt.register(
    (secret, salt, N, r, p, length) =>
      new Promise((resolve, reject) => {
        // Twice what the algorithm needs, since OpenSSL counts a little more.
        const maxmem = 256 * r * (N + p + 4);
        nodeScrypt(secret, salt, length, { N, r, p, maxmem }, (error, derived) =>
          error ? reject(error) : resolve(`0x${derived.toString("hex")}`),
        );
      }),
  );
  try {
    return (await decryptKeystoreJson(keystore, password)).privateKey;
  } catch (cause) {
    throw new ExecutorError("key-locked", `${files.file} cannot be decrypted.`, {
      remedy: "Check the password file and that the keystore is version 3.",
      cause,
    });
  }
}
