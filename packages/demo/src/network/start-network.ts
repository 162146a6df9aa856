import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Deployment, DevnetAccount } from "@deco-network/devnet";
import type { ExecutorConfigInput } from "@deco-network/executor";
import type { DecoDeployment } from "@deco-network/sdk";
import { type Address, createPublicClient, http } from "viem";
import { foundry } from "viem/chains";

import type { Cast } from "../cast.ts";
import { DemoError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { type Child, warmUp } from "./child.ts";
import { type ContainerEngine, containerEngineFor } from "./container-engine.ts";
import { startChain } from "./start-chain.ts";
import {
  approveStake,
  type CircuitSettings,
  type ExecutorReady,
  registerProvider,
  startExecutor,
} from "./start-executors.ts";

/** Chain and executors, each a process of its own. */
export interface DemoNetwork {
  readonly rpcUrl: string;
  readonly deployment: DecoDeployment;
  /** File that deco commands read. */
  readonly deploymentFile: string;
  readonly requester: DevnetAccount;
  /** File with the requester's key, for deco commands. */
  readonly requesterKeyFile: string;
  readonly executors: readonly (ExecutorReady & {
    readonly honest: boolean;
    readonly pid: number;
  })[];
  readonly containerEngine?: ContainerEngine;
  /** Of a network that proves. */
  readonly zkPolicy?: Address;
  /** Time of the latest block, in seconds. */
  blockTime(): Promise<number>;
  /** Ends every process that was started. Idempotent. */
  stop(): Promise<void>;
}

/** What a proof policy needs on the network before its executor starts. */
export type SetUp = (place: {
  readonly deployment: Deployment;
  readonly provider: number;
  /** Funded, and of no other use. */
  readonly helper: DevnetAccount;
  /** The executor's own. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}) => Promise<Partial<ExecutorConfigInput>>;

/**
 * Starts a network: the chain, then the executors, each as soon as it is registered.
 * @throws DemoError; what had been started is stopped
 */
export async function startNetwork(
  engine: "wasm" | "oci" | "auto",
  cast: Cast,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
  more: {
    /** Gives executors that prove, for a policy, their settings. */
    readonly circuit?: (policy: Address) => CircuitSettings;
    /** What is done before an executor starts, and set for it. */
    readonly setUp?: SetUp | undefined;
  } = {},
): Promise<DemoNetwork> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    // Executors first: their last words need the chain.
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const containerEngine = await containerEngineFor(engine, progress.note, signal);
    if (containerEngine) stops.push(containerEngine.stop);
    warmUp();
    const { circuit, setUp } = more;
    const accountCount = 1 + cast.replicas + (setUp ? 1 : 0);
    const chain = await startChain(folder, accountCount, circuit !== undefined, signal);
    stops.push(chain.stop);
    const { rpcUrl, accounts, chainId, market, token, parameters, randomness } = chain.ready;
    const { startBlock, zkPolicy } = chain.ready;
    const deployment = { chainId, market, token, parameters, randomness, startBlock };
    progress.step("chain", `local chain at ${rpcUrl}, market ${market}`);

    const [requester, ...operators] = accounts.slice(0, 1 + cast.replicas);
    if (!requester)
      throw new DemoError("process-failed", "The chain has no accounts.", "Try again.");
    const requesterKeyFile = join(folder, "requester.key");
    await writeFile(requesterKeyFile, `${requester.privateKey}\n`, { mode: 0o600 });
    const specs = operators.map((account, index) => ({
      ...{ folder: join(folder, `executor-${index + 1}`), rpcUrl, deployment, account, signal },
      // Liars come last, so honest ids do not depend on their number.
      honest: index < cast.honest,
      containerEngine: containerEngine?.host,
      circuit: zkPolicy && circuit?.(zkPolicy),
    }));
    const starting: Promise<Child<ExecutorReady>>[] = [];
    stops.push(async () => {
      const started = await Promise.allSettled(starting);
      await Promise.all(started.map((each) => each.status === "fulfilled" && each.value.stop()));
    });
    await Promise.all(specs.map((spec) => approveStake(spec)));
    // One waits for blocks, the other for the processor: executors start while others register.
    for (const spec of specs) {
      const provider = await registerProvider(spec);
      const helper = accounts.at(-1) ?? requester;
      const settings = await setUp?.({
        ...{ deployment: { ...deployment, rpcUrl }, provider, helper },
        ...{ folder: spec.folder, progress, signal },
      });
      const child = startExecutor(spec, settings);
      child.catch(() => undefined); // Awaited below, unless a registration fails before.
      starting.push(child);
    }
    progress.step("staked", `${specs.length} providers registered and staked`);
    const children = await Promise.all(starting);
    const liars = cast.dishonest > 0 ? `, ${cast.dishonest} of them dishonest` : "";
    progress.step("executors", `${children.length} executors running${liars}`);

    const client = createPublicClient({ chain: foundry, transport: http(rpcUrl) });
    return {
      ...{ rpcUrl, deployment, requester, requesterKeyFile, stop },
      deploymentFile: join(folder, "deployment.json"),
      executors: children.map((child, index) => ({
        ...child.ready,
        pid: child.pid,
        honest: specs[index]?.honest ?? true,
      })),
      ...(containerEngine ? { containerEngine } : {}),
      ...(zkPolicy ? { zkPolicy } : {}),
      blockTime: async () => Number((await client.getBlock()).timestamp),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
