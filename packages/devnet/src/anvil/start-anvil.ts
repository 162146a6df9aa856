import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { DevnetError } from "../errors.ts";
import { endWithThisProcess } from "./end-with-this-process.ts";
import { locateAnvil } from "./locate-anvil.ts";

export interface AnvilOptions {
  /** TCP port on loopback; 0 lets the system choose. */
  readonly port: number;
  readonly chainId: number;
  /** Seconds between blocks; blocks come whether or not transactions do. */
  readonly blockSeconds: number;
  readonly mnemonic: string;
  /** Accounts derived from the mnemonic that start with ETH. */
  readonly accounts: number;
  /** ETH of each account. */
  readonly balance: number;
  /** States kept in memory: see `DevnetOptions`. */
  readonly blocksToUndo?: number | undefined;
  /** Longest wait for the listener, in milliseconds. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Anvil {
  readonly rpcUrl: string;
  readonly pid: number;
  /** Ends this process and waits until it is gone. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts anvil on loopback with interval mining (with automine, deadlines and seeds would stall).
 * @throws DevnetError `anvil-missing`, `anvil-failed`, `aborted`
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const child = spawn(
    locateAnvil(),
    [
      ...["--host", "127.0.0.1", "--port", String(options.port)],
      ...["--chain-id", String(options.chainId), "--block-time", String(options.blockSeconds)],
      ...["--mnemonic", options.mnemonic, "--accounts", String(options.accounts)],
      ...["--balance", String(options.balance)],
      // Osaka has the block hash history of EIP-2935 and the P-256 precompile.
      ...["--hardfork", "osaka"],
      ...(options.blocksToUndo ? ["--prune-history", String(options.blocksToUndo)] : []),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const stop = stopper(child);
  try {
    const port = await listeningPort(child, options);
    return { rpcUrl: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function stopper(child: ChildProcess): () => Promise<void> {
  // A parent that ends without `stop` must not leave its chain behind.
  const release = child.pid === undefined ? async () => undefined : endWithThisProcess(child.pid);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  }).then(release);
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await gone;
    clearTimeout(hard);
  };
}

async function listeningPort(child: ChildProcess, options: AnvilOptions): Promise<number> {
  const timeout = AbortSignal.timeout(options.timeoutMillis);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  let output = "";
  return await new Promise<number>((resolve, reject) => {
    const fail = (cause?: unknown) =>
      reject(
        options.signal?.aborted
          ? new DevnetError("aborted", "Starting anvil was aborted.", {
              remedy: "Start the chain again.",
              cause,
            })
          : new DevnetError("anvil-failed", `Anvil did not start: ${output.trim().slice(-500)}`, {
              remedy: "Choose another port, or read anvil's output above.",
              cause,
            }),
      );
    signal.addEventListener("abort", () => fail(signal.reason), { once: true });
    once(child, "error").then(([error]) => fail(error), fail);
    child.once("exit", () => fail());
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    let found = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      // After the port is known the pipe is only drained: a full pipe would stop the chain.
      if (found) return;
      output += chunk.toString();
      const match = /Listening on 127\.0\.0\.1:(\d+)/.exec(output);
      if (!match) return;
      found = true;
      output = "";
      resolve(Number(match[1]));
    });
  });
}
