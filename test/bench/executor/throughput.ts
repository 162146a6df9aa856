import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, openRunner } from "@deco-network/executor";
import {
  encodeDocument,
  inputSchema,
  type ProgramDocument,
  programSchema,
  type Request,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";

import { type Hash, toHex, zeroAddress } from "viem";

import { TERMS } from "../../../packages/executor/test/support/network.ts";
import { tinyModule } from "../../../packages/executor/test/support/tiny-module.ts";
import { type Figure, timed } from "../figures.ts";

const TASKS = 200;
const AT_ONCE = 8;
const SLOTS = 2;
const SIGNAL = AbortSignal.timeout(600_000);

/**
 * What one daemon does a second beside the chain: fetch and verify a task's documents and module, compile and meter
 * it, run it in its sandbox, build the result, and force it to disk. Every task is another one.
 */
export async function throughput(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "deco-bench-"));
  const storage = await openStorage({ folder: join(folder, "storage"), peerToPeer: false });
  const logger = createLogger("silent");
  const capacity = { slots: SLOTS, tasks: AT_ONCE };
  const runner = await openRunner({ storage, folder, capacity, logger }, SIGNAL);
  try {
    const requests = await addTasks(storage, TASKS);
    let next = 0;
    const work = async () => {
      for (let index = next++; index < requests.length; index = next++) {
        const request = requests[index] as Request;
        const key = { task: toHex(index, { size: 32 }) as Hash, round: 1 };
        const ready = await runner.prepare(key, request, SIGNAL);
        const outcome = await runner.run(key, request, SIGNAL);
        if (ready.kind !== "ready" || outcome.kind !== "completed") {
          throw new RangeError(`a task failed: ${ready.kind}, ${outcome.kind}`);
        }
        await runner.release(key);
      }
    };
    const millis = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, work)));
    const value = (TASKS / millis) * 1_000;
    const of = `${TASKS} single tasks, ${SLOTS} slots, ${AT_ONCE} under way`;
    return [{ name: "wasm tasks, chain aside", value, unit: "tasks/s", goal: { least: 25 }, of }];
  } finally {
    await runner.close();
    await storage.close();
    await rm(folder, { recursive: true });
  }
}

async function addTasks(storage: Storage, count: number): Promise<Request[]> {
  const visibility = "public" as const;
  const module = await storage.addBytes(tinyModule(), { visibility });
  const requests: Request[] = [];
  for (let index = 0; index < count; index++) {
    const document: ProgramDocument = {
      ...{ deco: "program/1", engine: "wasm", module: module.cid, command: ["tiny"] },
      env: { TASK: String(index) },
      limits: {
        ...{ memoryBytes: 2 ** 20, outputBytes: 2 ** 20, stdoutBytes: 2 ** 16 },
        ...{ wallSeconds: 30, fuel: "100000000" },
      },
      ...{ network: "none", stdout: true },
    };
    const program = encodeDocument(programSchema, document);
    const input = encodeDocument(inputSchema, { deco: "input/1" });
    requests.push({
      ...TERMS,
      ...{ requester: zeroAddress, nonce: BigInt(index), expiry: 0, token: zeroAddress, volume: 1 },
      program: (await storage.addDocument(program, { visibility })).digest,
      input: (await storage.addDocument(input, { visibility })).digest,
    });
  }
  return requests;
}
