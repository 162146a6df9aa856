import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { type Address, isHex, size } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

import { CliError } from "../errors.ts";
import type { CommandContext } from "./command-context.ts";
import {
  decryptKeystore,
  keptPasswordPath,
  keystorePath,
  listKeystores,
  type StoredAccount,
} from "./keystores.ts";
import { readPassword } from "./password.ts";
import { readPrivateFile } from "./private-file.ts";

/**
 * The account that signs: `--account` or `DECO_ACCOUNT` (a name, or the path of a keystore or of a
 * file with a raw key), or the only one there is.
 * @throws CliError `account-unknown`, `account-unreadable`, `password-wrong`, `password-missing`,
 * `secret-exposed`
 */
export async function openAccount(context: CommandContext): Promise<PrivateKeyAccount> {
  const path = await accountPath(context);
  return accountIn(context, path);
}

/** Unlocks one key file. */
export async function accountIn(context: CommandContext, path: string): Promise<PrivateKeyAccount> {
  const text = (await readPrivateFile(path)).trim();
  if (!text.startsWith("{")) return privateKeyToAccount(parsePrivateKey(text, path));
  const kept = keptPasswordPath(path);
  const password = await readPassword(
    context,
    `Password of ${path}: `,
    existsSync(kept) && kept !== path ? kept : undefined,
  );
  return privateKeyToAccount(await decryptKeystore(path, text, password));
}

/**
 * The account's address, for commands that only read: no password is needed for a keystore.
 * @returns undefined when none was named and it is not clear which
 */
export async function accountAddress(context: CommandContext): Promise<Address | undefined> {
  const named = nameOf(context);
  const stored = await listKeystores(context);
  if (named === undefined) return stored.length === 1 ? stored[0]?.address : undefined;
  const found = stored.find(({ name }) => name === named);
  return found?.address ?? (await openAccount(context)).address;
}

/** @throws CliError `account-unreadable` */
export function parsePrivateKey(text: string, where: string): `0x${string}` {
  const key = text.startsWith("0x") ? text : `0x${text}`;
  if (isHex(key) && size(key) === 32) return key;
  throw new CliError("account-unreadable", "The file holds no private key.", {
    where,
    remedy: "It must hold 32 bytes in hexadecimal, or a V3 keystore.",
  });
}

async function accountPath(context: CommandContext): Promise<string> {
  const named = nameOf(context);
  const stored = await listKeystores(context);
  if (named === undefined) return onlyOne(stored).path;
  if (/[/\\.]/.test(named)) return resolve(named);
  const found = stored.find(({ name }) => name === named);
  if (found !== undefined) return found.path;
  throw new CliError("account-unknown", `There is no account "${named}".`, {
    where: keystorePath(context, named),
    remedy: `${listed(stored)} Make one with \`deco account new ${named}\`.`,
  });
}

function nameOf({ options, environment }: CommandContext): string | undefined {
  return options.account ?? environment["DECO_ACCOUNT"];
}

function onlyOne(stored: readonly StoredAccount[]): StoredAccount {
  const [first, second] = stored;
  if (first !== undefined && second === undefined) return first;
  const missing = first === undefined;
  throw new CliError(
    "account-unknown",
    missing ? "There is no account on this machine." : "There are several accounts.",
    {
      remedy: missing
        ? "Make one with `deco account new NAME`, or name a key file with --account."
        : `${listed(stored)} Choose one with --account.`,
    },
  );
}

function listed(stored: readonly StoredAccount[]): string {
  if (stored.length === 0) return "There is none yet.";
  return `Accounts here: ${stored.map(({ name }) => name).join(", ")}.`;
}
