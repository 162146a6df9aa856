import { type KeyPair, makeKeyPair, recipientOf } from "@deco-network/privacy";

import { ExecutorError } from "../errors.ts";
import { createPrivateFile, exists, readPrivateFile } from "../identity/private-file.ts";

/** Name of the file in the data folder. */
export const AGE_IDENTITY_FILE = "age-identity";

/**
 * The age identity to which requesters encrypt the keys of private tasks; made at the first start where
 * `provider init` did not. It belongs in the backup: keys that are under way cannot be opened without it.
 * @throws ExecutorError `key-unreadable`, `key-exposed`
 */
export async function loadRecipient(path: string): Promise<KeyPair> {
  if (!(await exists(path))) {
    const made = await makeKeyPair("x25519");
    await createPrivateFile(path, `${made.identity}\n`);
    return made;
  }
  const identity = (await readPrivateFile(path)).trim();
  try {
    return { identity, recipient: await recipientOf(identity) };
  } catch (cause) {
    throw new ExecutorError("key-unreadable", `${path} holds no age identity.`, {
      remedy: "Restore it from the backup, or remove it: a new one is made, to be described anew.",
      cause,
    });
  }
}
