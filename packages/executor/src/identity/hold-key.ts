import { once } from "node:events";
import { createServer } from "node:net";

import { type Address, keccak256, toBytes } from "viem";

import { ExecutorError } from "../errors.ts";

export interface HeldKey {
  readonly chainId: number;
  readonly market: Address;
  readonly operator: Address;
  /** Where the chain is reached: tells local chains apart, which share their id, contracts and keys. */
  readonly endpoint: string;
}

const LOCAL_CHAIN = 31_337;

/**
 * Makes this the only executor with the key on this machine, whatever its data folder. The name of a local socket is
 * held, which the kernel frees however the process ends, so nothing stale is ever left. Processes that do not share
 * a network namespace do not see each other's: those are found by what they do on the chain.
 * @returns what frees it
 * @throws ExecutorError `key-in-use`
 */
export async function holdKey(
  key: HeldKey,
  platform: NodeJS.Platform = process.platform,
): Promise<() => Promise<void>> {
  const path = socketPath(key, platform);
  if (path === undefined) return async () => undefined;
  const server = createServer((connection) => connection.destroy());
  server.listen(path);
  try {
    await once(server, "listening");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new ExecutorError("key-in-use", `Another executor works with ${key.operator} here.`, {
      remedy: "Stop it: two on one key would take each other's seats and be slashed.",
      cause,
    });
  }
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** A name that is no file and vanishes with its process; undefined where there is no such thing. */
function socketPath(key: HeldKey, platform: NodeJS.Platform): string | undefined {
  const { chainId, market, operator, endpoint } = key;
  const where = chainId === LOCAL_CHAIN ? endpoint : "";
  const of = [chainId, market, operator, where].join("|").toLowerCase();
  const name = `deco-executor-${keccak256(toBytes(of)).slice(2, 42)}`;
  if (platform === "linux") return `\0${name}`;
  return platform === "win32" ? `\\\\.\\pipe\\${name}` : undefined;
}
