import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { SeatKey } from "../journal/transition.ts";
import type { Logger } from "../runtime/logger.ts";

/** Most bytes of standard error that are kept of a seat: the last ones. */
export const KEPT_BYTES = 65_536;

/** Seats whose logs are kept; the oldest go first. */
const MAX_FILES = 1_000;
const KEPT_MILLIS = 7 * 86_400_000;

/** What is known of a seat's runs. */
export interface LoggedRun {
  readonly items: { readonly done: number; readonly total: number };
  /** Bytes written in all; `first` and `last` are what is kept of them. */
  readonly length: number;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

const count = z.int().min(0);
const fileSchema = z.strictObject({
  deco: z.literal("run-log/1"),
  items: z.strictObject({ done: count, total: count }),
  length: count,
  last: z.base64(),
});

/**
 * How far each seat's program is, and the end of what it wrote to standard error. What runs is held
 * in memory within bounds; what has ended lies in a folder for a while, so that a requester learns
 * later, and after a restart, why its job failed.
 */
export class RunLogs {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #running = new Map<string, RunningLog>();

  /** @param folder Created when the first run ends. */
  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** A run begins, or begins again; what an earlier attempt wrote is forgotten. */
  begin(key: SeatKey, items: number): void {
    this.#running.set(nameOf(key), new RunningLog(items));
  }

  itemDone(key: SeatKey): void {
    const log = this.#running.get(nameOf(key));
    if (log) log.done += 1;
  }

  write(key: SeatKey, bytes: Uint8Array): void {
    this.#running.get(nameOf(key))?.write(bytes);
  }

  /** The run is over, or given up: what it left is kept in a file. Never throws: a log is not worth a seat. */
  async end(key: SeatKey): Promise<void> {
    const name = nameOf(key);
    const log = this.#running.get(name);
    if (!log) return;
    const { items, length, last } = log.view();
    const path = join(this.#folder, name);
    const text = JSON.stringify({
      ...{ deco: "run-log/1", items, length },
      last: Buffer.from(last).toString("base64"),
    });
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.partial`, text, { mode: 0o600 });
      await rename(`${path}.partial`, path);
      await this.#collect();
    } catch (err) {
      this.#logger.warn(
        { code: "run-log-unwritten", task: key.task, err },
        "What a program wrote to standard error is not kept.",
      );
    } finally {
      if (this.#running.get(name) === log) this.#running.delete(name);
    }
  }

  /** Undefined when nothing ran, or it is forgotten. */
  async read(key: SeatKey): Promise<LoggedRun | undefined> {
    const running = this.#running.get(nameOf(key));
    if (running) return running.view();
    try {
      const text = await readFile(join(this.#folder, nameOf(key)), "utf8");
      const { items, length, last } = fileSchema.parse(JSON.parse(text));
      return { items, length, first: new Uint8Array(), last: Buffer.from(last, "base64") };
    } catch {
      // Not there, or damaged: either way it is not known any more.
      return undefined;
    }
  }

  async #collect(): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const found = await stat(path).catch(() => undefined);
        return { path, at: found?.mtimeMs ?? 0 };
      }),
    );
    files.sort((a, b) => b.at - a.at);
    const oldest = Date.now() - KEPT_MILLIS;
    const over = files.filter(({ at }, index) => index >= MAX_FILES || at < oldest);
    for (const { path } of over) await rm(path, { force: true });
  }
}

/** Holds the beginning and the end of what is written to it. */
class RunningLog {
  done = 0;
  readonly #total: number;
  #length = 0;
  #first: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);

  constructor(total: number) {
    this.#total = total;
  }

  write(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const room = KEPT_BYTES - this.#first.length;
    if (room > 0) this.#first = Buffer.concat([this.#first, bytes.subarray(0, room)]);
    this.#last = tailOf(Buffer.concat([this.#last, tailOf(bytes)]));
  }

  view(): LoggedRun {
    const items = { done: Math.min(this.done, this.#total), total: this.#total };
    return { items, length: this.#length, first: this.#first, last: this.#last };
  }
}

/** The last bytes, copied: a small view must not keep a large buffer alive. */
function tailOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES)));
}

function nameOf({ task, round }: SeatKey): string {
  return `${task}-${round}.json`;
}
