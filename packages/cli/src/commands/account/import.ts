import { resolve } from "node:path";

import type { Command } from "commander";
import { privateKeyToAccount } from "viem/accounts";

import { createKeystore, decryptKeystore, keystorePath } from "../../context/keystores.ts";
import { parsePrivateKey } from "../../context/open-account.ts";
import { readNewPassword, readPassword } from "../../context/password.ts";
import { readPrivateFile } from "../../context/private-file.ts";
import type { Cli } from "../cli-action.ts";

export function addAccountImport(group: Command, cli: Cli): void {
  const command = group
    .command("import")
    .summary("store a key that you have")
    .description(
      "Stores the key of a file (32 bytes in hexadecimal, or a V3 keystore, whose password it keeps). " +
        "Keys are read from files only: others can see a command line.",
    )
    .argument("<name>", "what to call it")
    .argument("<file>", "file with the key, readable by you alone");
  const examples = ["deco account import bob ./bob.key", "deco account import bob UTC--2026.json"];
  cli.action(command, { examples }, async (context, _options, name = "", file = "") => {
    const path = keystorePath(context, name);
    const source = resolve(file);
    const text = (await readPrivateFile(source)).trim();
    const encrypted = text.startsWith("{");
    const password = encrypted
      ? await readPassword(context, `Password of ${file}: `)
      : await readNewPassword(context);
    const privateKey = encrypted
      ? await decryptKeystore(source, text, password)
      : parsePrivateKey(text, source);
    const { address } = privateKeyToAccount(privateKey);
    await createKeystore(path, { address, privateKey }, password);
    return {
      json: { status: "imported", name, address, path },
      text: [`${name}  ${address}`, `Keystore: ${path}. The file ${file} is still there.`],
    };
  });
}
