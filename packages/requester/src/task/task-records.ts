import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { TaskKeys } from "@deco-network/privacy";
import { type Request, requestSchema, requestToJson } from "@deco-network/sdk";
import type { Address, Hex } from "viem";
import { z } from "zod";

import { RequesterError } from "../errors.ts";

/** What this machine must know to take a task up again after a crash. */
export interface TaskRecord {
  readonly taskId: Hex;
  readonly chainId: number;
  readonly market: Address;
  readonly request: Request;
  /** No event of the task is in an earlier block. */
  readonly fromBlock: number;
  /** Absolute path of the folder for outputs. */
  readonly output?: string;
  /** Name that the job gives itself. */
  readonly name?: string;
  /** Whether the result was fetched and written. */
  readonly fetched: boolean;
  /** Present when the request was signed for an allocator instead of posted. */
  readonly handedTo?: {
    /** Multiaddrs of its node. */
    readonly endpoints: readonly string[];
    /** Of the request. */
    readonly signature: Hex;
  };
}

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const recordSchema = z.strictObject({
  deco: z.literal("task-record/1"),
  taskId: hex,
  chainId: z.int(),
  market: hex,
  request: z.unknown(),
  fromBlock: z.int().min(0),
  output: z.string().exactOptional(),
  name: z.string().exactOptional(),
  fetched: z.boolean(),
  handedTo: z
    .strictObject({
      endpoints: z.array(z.string()),
      signature: hex.transform((text) => text as Hex),
    })
    .exactOptional(),
});

const keysSchema = z.strictObject({
  deco: z.literal("private-keys/1"),
  input: z.string(),
  results: z.string(),
});

/** The requester's journal: one folder a task, with its record and the storage that serves its input. */
export class TaskRecords {
  readonly #folder: string;

  /** @param folder Created when the first record is written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Folder of the storage from which a task's input is served; removed with {@link releaseStorage}. */
  storageFolder(taskId: Hex): string {
    return join(this.#folder, taskId, "storage");
  }

  /** File with the secrets of a private task; removed with its record only, since a result may be fetched again. */
  keysFile(taskId: Hex): string {
    return join(this.#folder, taskId.toLowerCase(), "private-keys.json");
  }

  /** A new folder for a private job's ciphertext before its task has an id; the caller removes it. */
  async draftFolder(): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return await mkdtemp(join(this.#folder, ".draft-"));
  }

  /**
   * Writes a private task's secrets, durably and readable by their owner only: without them its result is lost.
   * @throws RequesterError `record-unwritable`
   */
  async writeKeys(taskId: Hex, keys: TaskKeys): Promise<void> {
    await writeDurably(this.keysFile(taskId), { deco: "private-keys/1", ...keys });
  }

  /**
   * The secrets of a private task; undefined when this machine has none.
   * @throws RequesterError `record-invalid`
   */
  async readKeys(taskId: Hex): Promise<TaskKeys | undefined> {
    const path = this.keysFile(taskId);
    try {
      const { deco, ...keys } = keysSchema.parse(JSON.parse(await readFile(path, "utf8")));
      return keys;
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      // The cause may quote a secret.
      throw invalid(path, undefined);
    }
  }

  /** Removes what a task no longer needs once it has ended. */
  async releaseStorage(taskId: Hex): Promise<void> {
    await rm(this.storageFolder(taskId), { recursive: true, force: true });
  }

  /**
   * Writes a record, durably: what is sent afterwards can be found again.
   * @throws RequesterError `record-unwritable`
   */
  async write(record: TaskRecord): Promise<void> {
    const path = join(this.#folder, record.taskId, "record.json");
    const plain = { deco: "task-record/1", ...record, request: requestToJson(record.request) };
    await writeDurably(path, plain);
  }

  /**
   * Forgets a task that was never posted.
   */
  async remove(taskId: Hex): Promise<void> {
    await rm(join(this.#folder, taskId), { recursive: true, force: true });
  }

  /**
   * The record of a task; undefined when this machine has none.
   * @throws RequesterError `record-invalid`
   */
  async read(taskId: Hex): Promise<TaskRecord | undefined> {
    const path = join(this.#folder, taskId.toLowerCase(), "record.json");
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw invalid(path, cause);
    }
    try {
      const { deco, ...record } = recordSchema.parse(JSON.parse(text));
      return {
        ...record,
        taskId: record.taskId as Hex,
        market: record.market as Address,
        request: requestSchema.parse(lowerCase(record.request)),
      };
    } catch (cause) {
      throw invalid(path, cause);
    }
  }

  /**
   * All records of this machine, in no order.
   * @throws RequesterError `record-invalid`
   */
  async list(): Promise<TaskRecord[]> {
    const names = await readdir(this.#folder).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw invalid(this.#folder, cause);
    });
    const ids = names.filter((name) => /^0x[0-9a-f]{64}$/.test(name));
    const records = await Promise.all(ids.map((id) => this.read(id as Hex)));
    return records.filter((record) => record !== undefined);
  }
}

async function writeDurably(path: string, plain: unknown): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(partial, "w", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(plain, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (cause) {
    throw new RequesterError("record-unwritable", `${path} cannot be written.`, {
      remedy: "Nothing was sent. Check the folder's rights and the free space.",
      cause,
    });
  }
}

/** Records of earlier versions have addresses with their checksums. */
function lowerCase(request: unknown): unknown {
  if (typeof request !== "object" || request === null) return request;
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name,
      typeof value === "string" ? value.toLowerCase() : value,
    ]),
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function invalid(path: string, cause: unknown): RequesterError {
  return new RequesterError("record-invalid", `${path} is no record of a task.`, {
    remedy: "Remove it; the task itself is on the chain and can be fetched by its id.",
    cause,
  });
}
