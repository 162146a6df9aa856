import type { Command } from "commander";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

import { createKeystore, keystorePath } from "../../context/keystores.ts";
import { readNewPassword } from "../../context/password.ts";
import type { Cli } from "../cli-action.ts";

export function addAccountNew(group: Command, cli: Cli): void {
  const command = group
    .command("new")
    .summary("make a key in a new keystore")
    .description("Makes a random key and stores it as a V3 keystore, encrypted by a password.")
    .argument("<name>", "what to call it");
  const examples = ["deco account new alice", "deco account new alice --password-file secret.txt"];
  cli.action(command, { examples }, async (context, _options, name = "") => {
    const path = keystorePath(context, name);
    const password = await readNewPassword(context);
    const privateKey = generatePrivateKey();
    const { address } = privateKeyToAccount(privateKey);
    await createKeystore(path, { address, privateKey }, password);
    return {
      json: { status: "created", name, address, path },
      text: [`${name}  ${address}`, `Keystore: ${path}. Without its password the key is lost.`],
    };
  });
}
