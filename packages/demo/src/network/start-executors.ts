import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { DevnetAccount } from "@deco-network/devnet";
import type { ExecutorConfigInput } from "@deco-network/executor";
import type { DecoDeployment } from "@deco-network/sdk";
import { approve, register } from "@deco-network/sdk/actions";
import { createWalletClient, http, parseEther, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { type Child, startChild } from "./child.ts";

const STAKE = parseEther("5000");
const HONEST = new URL(import.meta.resolve("@deco-network/executor/main"));
/** Shipped executors cannot lie: liars are made by the tests' adversaries. */
const LIAR = new URL("../../../../test/adversaries/liar.ts", import.meta.url);

export interface ExecutorReady {
  readonly provider: number;
  readonly endpoint: string;
  readonly status: string;
}

/** What an executor that proves is told. */
export type CircuitSettings = NonNullable<NonNullable<ExecutorConfigInput["engines"]>["circuit"]>;

export interface ExecutorSpec {
  readonly folder: string;
  readonly rpcUrl: string;
  readonly deployment: DecoDeployment;
  /** Owner and operator at once. */
  readonly account: DevnetAccount;
  readonly honest: boolean;
  /** `unix:///path` of a container engine, to run containers instead of WebAssembly. */
  readonly containerEngine?: string | undefined;
  /** Makes proofs with these settings instead of running WebAssembly. */
  readonly circuit?: CircuitSettings | undefined;
  readonly signal: AbortSignal;
}

/** Lets the market take the stake of {@link registerProvider}. */
export async function approveStake(spec: ExecutorSpec): Promise<void> {
  const { deployment, signal } = spec;
  await approve(clientOf(spec), { deployment, signal, token: deployment.token, amount: STAKE });
}

/** Stakes DECO for an identity of the account's. Ids follow the order of the calls. */
export async function registerProvider(spec: ExecutorSpec): Promise<number> {
  const { deployment, signal } = spec;
  const operator = spec.account.address;
  // The demo's providers describe nothing but their endpoint, which the daemon publishes itself.
  const identity = { operator, metadata: zeroHash, endpoint: "", stake: STAKE } as const;
  const { provider } = await register(clientOf(spec), { deployment, signal, ...identity });
  return provider;
}

/** A large cast starts at once, on whatever cores there are; one that fails says so sooner. */
const READY_MILLIS = 240_000;

function clientOf({ account, rpcUrl }: ExecutorSpec) {
  return createWalletClient({
    chain: foundry,
    transport: http(rpcUrl),
    account: privateKeyToAccount(account.privateKey),
    pollingInterval: 100,
  });
}

function enginesOf({ containerEngine, circuit }: ExecutorSpec): ExecutorConfigInput["engines"] {
  if (circuit) return { wasm: false, circuit };
  return containerEngine ? { wasm: false, oci: { host: containerEngine } } : {};
}

/**
 * Starts an executor with its own key, database and IPFS node.
 * @throws DemoError `process-failed`, `aborted`
 */
export async function startExecutor(
  spec: ExecutorSpec,
  more: Partial<ExecutorConfigInput> = {},
): Promise<Child<ExecutorReady>> {
  const { folder, honest, deployment } = spec;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, "operator.key");
  await writeFile(keyFile, `${spec.account.privateKey}\n`, { mode: 0o600 });
  const config: ExecutorConfigInput = {
    dataFolder: folder,
    chain: {
      id: deployment.chainId,
      endpoints: [spec.rpcUrl],
      market: deployment.market,
      startBlock: deployment.startBlock,
      confirmations: 1,
      pollMillis: 200,
    },
    key: { file: keyFile },
    storage: { gateway: {} },
    engines: enginesOf(spec),
    timing: { settleStagger: 2, drain: 5 },
    stopWithParent: true,
    ...more,
  };
  const configFile = join(folder, "config.json");
  await writeFile(configFile, JSON.stringify(config, null, 2), { mode: 0o600 });
  return startChild<ExecutorReady>({
    name: honest ? "executor" : "dishonest executor",
    script: honest ? HONEST : LIAR,
    args: ["--config", configFile],
    logFile: join(folder, "executor.log"),
    readyMillis: READY_MILLIS,
    signal: spec.signal,
  });
}
