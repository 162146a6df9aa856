import { scrypt as nodeScrypt } from "node:crypto";

import { isHex, type LocalAccount, size } from "viem";
import { privateKeyToAccount } from "viem/accounts";

import type { KeyFiles, RemoteKey } from "../config/schema.ts";
import { ExecutorError } from "../errors.ts";
import { readPrivateFile } from "./private-file.ts";

/** Asks a person for the password of a keystore; undefined where there is nobody to ask. */
export type AskPassword = (keystore: string) => Promise<string | undefined>;

/**
 * The operator key. It comes from files or a remote signer only: arguments and environments are seen by others.
 * @throws ExecutorError `key-unreadable`, `key-exposed`, `key-locked`, `signer-unreachable`, `signer-refused`
 */
export async function loadOperator(
  source: KeyFiles | RemoteKey,
  ask: AskPassword = async () => undefined,
): Promise<LocalAccount> {
  if ("signer" in source) {
    // Loaded only where it is used.
    const { connectRemoteSigner } = await import("./remote-signer/remote-signer.ts");
    return await connectRemoteSigner(source.signer);
  }
  const text = (await readPrivateFile(source.file)).trim();
  const key = text.startsWith("{") ? await unlock(text, source, ask) : text;
  const normal = key.startsWith("0x") ? key : `0x${key}`;
  if (!isHex(normal) || size(normal) !== 32) {
    throw new ExecutorError("key-unreadable", `${source.file} holds no private key.`, {
      remedy: "Give a V3 keystore, or a file with 32 bytes in hexadecimal.",
    });
  }
  return privateKeyToAccount(normal);
}

async function unlock(keystore: string, files: KeyFiles, ask: AskPassword): Promise<string> {
  const password =
    files.passwordFile === undefined
      ? await ask(files.file)
      : (await readPrivateFile(files.passwordFile)).split(/\r?\n/, 1)[0];
  if (password === undefined) {
    throw new ExecutorError("key-locked", `${files.file} is encrypted.`, {
      remedy: "Set key.passwordFile to a file with its password, or start it at a terminal.",
    });
  }
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
