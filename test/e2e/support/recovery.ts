import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { awaitTask, CheckpointHolder, type TaskEnd, type TaskStage } from "@deco-network/requester";
import {
  type CheckpointDocument,
  checkpointSchema,
  decodeDocument,
  decoMarketAbi,
  encodeDocument,
  inputSchema,
  parseDocumentText,
  programDraftSchema,
  programSchema,
  type Request,
  resolveProgramDraft,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import { createWalletClient, encodeFunctionData, type Hash, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import {
  type ExecutorProcess,
  spawnDaemon,
} from "../../../packages/executor/test/support/spawn-executor.ts";
import type { TestMarket } from "./market.ts";

const EXAMPLE = new URL("../../../packages/examples/src/collatz/", import.meta.url);
const PUBLIC = { visibility: "public" } as const;

/** Program and input of a search below `limit`, served by the requester; it keeps a checkpoint each second. */
export async function collatzTask(
  storage: Storage,
  limit: number,
): Promise<Pick<Request, "program" | "input">> {
  const module = await storage.addBytes(await readFile(new URL("collatz.wasm", EXAMPLE)), PUBLIC);
  const json = await readFile(new URL("program.json", EXAMPLE), "utf8");
  const draft = parseDocumentText(programDraftSchema, json);
  const program = {
    ...resolveProgramDraft(draft, module.cid),
    checkpoint: { intervalSeconds: 1, bytes: 1_024 },
  };
  const folder = await mkdtemp(join(tmpdir(), "deco-recovery-"));
  try {
    await writeFile(join(folder, "limit.txt"), String(limit));
    const { cid: files } = await storage.addFolder(folder, PUBLIC);
    const input = encodeDocument(inputSchema, { deco: "input/1", files });
    return {
      program: (await storage.addDocument(encodeDocument(programSchema, program), PUBLIC)).digest,
      input: (await storage.addDocument(input, PUBLIC)).digest,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Publishes what may look like a checkpoint. @returns its digest */
export async function publishCheckpoint(
  storage: Storage,
  { task, state }: Pick<CheckpointDocument, "task" | "state">,
): Promise<Hash> {
  const document = { deco: "checkpoint/1" as const, task, sequence: 9, state, fuelUsed: "1000" };
  return (await storage.addDocument(encodeDocument(checkpointSchema, document), PUBLIC)).digest;
}

/** Logs a digest with the operator key of a provider, whatever its executor does. */
export async function logCheckpoint(
  { network }: TestMarket,
  provider: number,
  task: Hash,
  digest: Hash,
): Promise<void> {
  const { market } = network.devnet.addresses;
  const call = { functionName: "checkpoint", args: [task, digest, 0] } as const;
  await network.send(provider, market, encodeFunctionData({ abi: decoMarketAbi, ...call }));
}

/** A provider as a process of its own, whose log can be read. */
export class RecoveringProvider {
  readonly dataFolder: string;
  readonly #process: ExecutorProcess;
  readonly #lines: Record<string, unknown>[];

  private constructor(
    dataFolder: string,
    process: ExecutorProcess,
    lines: Record<string, unknown>[],
  ) {
    this.dataFolder = dataFolder;
    this.#process = process;
    this.#lines = lines;
  }

  static async start(market: TestMarket, id: number): Promise<RecoveringProvider> {
    const { network } = market;
    const usual = network.providers[id - 1];
    if (!usual) throw new RangeError(`no provider ${id}`);
    const config = {
      ...usual.config,
      checkpoints: { intervalSeconds: 1, perSeat: 64 },
      // Receipts are asked of gateways.
      storage: { gateway: {} },
      log: { level: "info" as const },
    };
    const lines: Record<string, unknown>[] = [];
    const process = await spawnDaemon(
      network,
      { ...usual, config },
      {
        onLog(line) {
          if (line.startsWith("{")) lines.push(JSON.parse(line));
        },
      },
    );
    await network.dial(process.endpoint);
    return new RecoveringProvider(config.dataFolder, process, lines);
  }

  /** The first line of its log with a code. */
  logged(code: string): Record<string, unknown> | undefined {
    return this.#lines.find((line) => line["code"] === code);
  }

  allLogged(code: string): Record<string, unknown>[] {
    return this.#lines.filter((line) => line["code"] === code);
  }

  kill(): Promise<string> {
    return this.#process.kill();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

export interface FollowedTask {
  readonly end: Promise<TaskEnd>;
  /** The next start in the newest checkpoint that the requester holds. */
  toldStart(): number | undefined;
}

/** Follows a task as `deco run` does: holds its checkpoints, and opens the next round when nobody does. */
export function followAsRequester(
  { network }: TestMarket,
  task: Hash,
  request: Request,
  stages: TaskStage[],
): FollowedTask {
  const { devnet, storage } = network;
  const account = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
  const transport = http(devnet.rpcUrl);
  const client = createWalletClient({ account, chain: foundry, transport, pollingInterval: 200 });
  const holder = new CheckpointHolder(storage, task, request);
  let told: number | undefined;
  const hold = async (digest: Hash) => {
    if (!(await holder.hold(digest))) return;
    const { state } = decodeDocument(checkpointSchema, await storage.getDocument(digest));
    const chunks: Uint8Array[] = [];
    for await (const chunk of storage.readFile(state.cid)) chunks.push(chunk);
    told = Number(Buffer.concat(chunks).readBigUInt64LE(0));
  };
  const onStage = (stage: TaskStage) => {
    stages.push(stage);
    if (stage.stage === "checkpointed") void hold(stage.digest);
  };
  const { deployment } = devnet;
  const end = awaitTask({ client, deployment }, task, { onStage, rescueAfterBlocks: 4 });
  return { end: end.finally(() => holder.close()), toldStart: () => told };
}
