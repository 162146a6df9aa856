import { readFile, stat } from "node:fs/promises";

import { decryptKeystoreJson } from "ethers";
import { type Hex, isHex, size } from "viem";

import { ToolError } from "../lib/tool-error.ts";

/** Others' permissions on a file. */
const EXPOSED = 0o077;

/**
 * The deployer's key, from a V3 keystore (such as `deco account` makes) and a file with its password, or from a file
 * with the raw key. It comes from files only: arguments and environments are seen by others.
 *
 * @throws ToolError KEY_UNREADABLE, KEY_EXPOSED
 */
export async function loadDeployerKey(
  file: string,
  passwordFile: string | undefined,
): Promise<Hex> {
  const content = (await readPrivate(file)).trim();
  let key = content;
  if (content.startsWith("{")) {
    if (passwordFile === undefined) {
      throw unreadable(file, "it is encrypted, and --password-file is missing");
    }
    const password = (await readPrivate(passwordFile)).split(/\r?\n/, 1)[0] ?? "";
    try {
      key = (await decryptKeystoreJson(content, password)).privateKey;
    } catch (cause) {
      throw unreadable(file, "the password does not open it", cause);
    }
  }
  const normal = key.startsWith("0x") ? key : `0x${key}`;
  if (isHex(normal) && size(normal) === 32) return normal;
  throw unreadable(file, "it holds no key");
}

async function readPrivate(file: string): Promise<string> {
  let mode: number;
  let content: string;
  try {
    mode = (await stat(file)).mode;
    content = await readFile(file, "utf8");
  } catch (cause) {
    throw unreadable(file, "it cannot be read", cause);
  }
  if (process.platform === "win32" || (mode & EXPOSED) === 0) return content;
  throw new ToolError({
    code: "KEY_EXPOSED",
    message: `${file} can be read by others.`,
    remedy: `Run: chmod 600 ${file}`,
  });
}

function unreadable(file: string, why: string, cause?: unknown): ToolError {
  return new ToolError({
    code: "KEY_UNREADABLE",
    message: `No key in ${file}: ${why}.`,
    remedy: "Give a V3 keystore with --password-file, or a file with 32 bytes in hexadecimal.",
    cause,
  });
}
