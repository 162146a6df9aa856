import { randomBytes } from "node:crypto";

import { hexToBytes, isHex, size } from "viem";

import { ExecutorError } from "../errors.ts";
import { createPrivateFile, exists, readPrivateFile } from "./private-file.ts";

/**
 * The secret that every commitment's salt derives from. It outlives key rotation and belongs in
 * the backup: without it committed seats cannot be revealed.
 * @param mustExist Whether commitments were made already, so that a new secret would lose them.
 * @throws ExecutorError `secret-missing`, `key-unreadable`, `key-exposed`
 */
export async function loadSaltSecret(path: string, mustExist: boolean): Promise<Uint8Array> {
  if (!(await exists(path))) {
    if (mustExist) {
      throw new ExecutorError("secret-missing", `The salt secret ${path} is missing.`, {
        remedy: "Restore it from the backup: open commitments cannot be revealed without it.",
      });
    }
    await createPrivateFile(path, `0x${randomBytes(32).toString("hex")}\n`);
  }
  const secret = (await readPrivateFile(path)).trim();
  if (!isHex(secret) || size(secret) !== 32) {
    throw new ExecutorError("key-unreadable", `${path} holds no salt secret.`, {
      remedy: "Restore it from the backup.",
    });
  }
  return hexToBytes(secret);
}
