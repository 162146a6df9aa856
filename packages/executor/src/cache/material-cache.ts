import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Logger } from "../runtime/logger.ts";
import { contentDigest } from "./content-digest.ts";

/** Content that tasks are made ready with. */
export interface Wanted {
  /** For what: told in metrics. */
  readonly use: "program" | "input";
  readonly kind: "file" | "folder";
  readonly cid: string;
}

/** Content on this machine. Nobody may change it. */
export interface Kept {
  readonly path: string;
  /** Size of its files. */
  readonly bytes: number;
}

/** Writes the wanted content, verified, to a path that does not exist, and tells its size. */
export type Download = (path: string) => Promise<{ readonly bytes: number }>;

export type CacheEvent =
  | { readonly type: "hit" | "miss"; readonly use: Wanted["use"]; readonly bytes: number }
  | { readonly type: "evicted"; readonly bytes: number };

export interface MaterialCacheOptions {
  readonly folder: string;
  /** Bytes that are kept beyond what is held; 0 keeps nothing. */
  readonly maxBytes: number;
  /** Whether what was held for it when the process ended is still needed. */
  readonly isLive: (holder: string) => boolean;
  readonly onEvent?: (event: CacheEvent) => void;
  readonly logger: Pick<Logger, "warn">;
}

interface Entry {
  readonly bytes: number;
  /** What it must be; see `contentDigest`. */
  readonly digest: string;
  /** Order of the last uses. */
  used: number;
  readonly holders: Set<string>;
  /** Whether this process has seen that the disk still has it as it was. */
  checked: boolean;
}

const ENTRY_FILE = "entry.json";
const CONTENT = "content";
/** Being written, or being removed; nothing of it outlives the process. */
const PASSING = "passing-";
const SAFE = /^[A-Za-z0-9]{1,128}$/;

const entrySchema = z.strictObject({
  bytes: z.int().min(0),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  used: z.number(),
  holders: z.array(z.string()),
});

/**
 * Programs and inputs that are kept between tasks, by their CID. What somebody holds stays; of the rest, what was used longest ago goes
 * when there is more than the bound. It survives restarts: content is hashed again before its first use in a process, so what a
 * power cut or a bad disk left is fetched anew.
 */
export class MaterialCache {
  readonly #options: MaterialCacheOptions;
  readonly #entries = new Map<string, Entry>();
  /** What happens to one entry happens in turn. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #uses = Date.now();
  #passing = 0;

  private constructor(options: MaterialCacheOptions) {
    this.#options = options;
  }

  /** Opens the cache, or begins it; one process at a time. */
  static async open(options: MaterialCacheOptions): Promise<MaterialCache> {
    const cache = new MaterialCache(options);
    const { folder, isLive } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const entry = name.startsWith(PASSING) ? undefined : await readEntry(join(folder, name));
      if (!entry) {
        await rm(join(folder, name), { recursive: true, force: true });
        continue;
      }
      const holders = new Set(entry.holders.filter(isLive));
      cache.#entries.set(name, { ...entry, holders, checked: false });
      cache.#uses = Math.max(cache.#uses, entry.used);
    }
    await cache.trim();
    return cache;
  }

  /** Size of all that is kept. */
  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * The content, from here or downloaded, held until the holder lets go. Holding it twice is holding it once.
   * @throws whatever the download does
   */
  async hold(holder: string, wanted: Wanted, download: Download): Promise<Kept> {
    const { use, kind, cid } = wanted;
    if (!SAFE.test(cid)) throw new TypeError(`not the text of a CID: ${cid}`);
    const name = `${kind}-${cid}`;
    const entry = await this.#inTurn(name, async () => {
      // Before anything is waited for: what is held is not evicted.
      this.#entries.get(name)?.holders.add(holder);
      const found = await this.#intact(name);
      const held = found ?? (await this.#add(name, holder, download));
      held.used = ++this.#uses;
      await this.#write(name, held);
      this.#options.onEvent?.({ type: found ? "hit" : "miss", use, bytes: held.bytes });
      return held;
    });
    await this.trim();
    return { path: join(this.#options.folder, name, CONTENT), bytes: entry.bytes };
  }

  /** Lets go of all that is held so; it is kept as long as there is room. Idempotent. */
  async release(holder: string): Promise<void> {
    for (const [name, entry] of this.#entries) {
      if (!entry.holders.delete(holder)) continue;
      await this.#inTurn(name, () => this.#write(name, entry));
    }
    await this.trim();
  }

  /** Removes what nobody holds, used longest ago first, until no more than the bound is left. */
  async trim(maxBytes = this.#options.maxBytes): Promise<void> {
    let bytes = this.bytes;
    const free = [...this.#entries]
      .filter(([, { holders }]) => holders.size === 0)
      .sort(([, a], [, b]) => a.used - b.used);
    const gone = free.filter(([, entry]) => {
      if (bytes <= maxBytes) return false;
      bytes -= entry.bytes;
      return true;
    });
    // At once, so that nobody is given what is being removed.
    for (const [name] of gone) this.#entries.delete(name);
    for (const [name, entry] of gone) {
      await this.#inTurn(name, async () => {
        // Somebody may have put it back meanwhile, from elsewhere.
        if (!this.#entries.has(name)) await this.#remove(name);
      });
      this.#options.onEvent?.({ type: "evicted", bytes: entry.bytes });
    }
  }

  /** The entry if the disk still has what was put there. */
  async #intact(name: string): Promise<Entry | undefined> {
    const { folder, logger } = this.#options;
    const entry = this.#entries.get(name);
    if (!entry || entry.checked) return entry;
    const digest = await contentDigest(join(folder, name, CONTENT)).catch(() => undefined);
    entry.checked = digest === entry.digest;
    if (entry.checked) return entry;
    logger.warn({ code: "cache-damaged", name }, "Kept content was damaged and is fetched again.");
    this.#entries.delete(name);
    return undefined;
  }

  async #add(name: string, holder: string, download: Download): Promise<Entry> {
    const { folder } = this.#options;
    const passing = join(folder, `${PASSING}${++this.#passing}`);
    await rm(passing, { recursive: true, force: true });
    await mkdir(passing);
    try {
      const content = join(passing, CONTENT);
      const { bytes } = await download(content);
      const digest = await contentDigest(content);
      const entry = { bytes, digest, used: 0, holders: new Set([holder]), checked: true };
      await writeFile(join(passing, ENTRY_FILE), textOf(entry));
      await this.#remove(name);
      await rename(passing, join(folder, name));
      this.#entries.set(name, entry);
      return entry;
    } catch (error) {
      await rm(passing, { recursive: true, force: true });
      throw error;
    }
  }

  async #remove(name: string): Promise<void> {
    const { folder } = this.#options;
    const passing = join(folder, `${PASSING}${++this.#passing}`);
    // A half removed entry must not look like a whole one after a crash.
    await rename(join(folder, name), passing).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rm(passing, { recursive: true, force: true });
  }

  async #write(name: string, entry: Entry): Promise<void> {
    const { folder, logger } = this.#options;
    const path = join(folder, name, ENTRY_FILE);
    try {
      await writeFile(`${path}.new`, textOf(entry));
      await rename(`${path}.new`, path);
    } catch (err) {
      // Only the next process would miss it, and then fetch again.
      logger.warn({ code: "cache-unwritten", name, err }, "Who holds content was not written.");
    }
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const own = before.then(work, work);
    const settled = own.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(name, settled);
    try {
      return await own;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }
}

function textOf({ bytes, digest, used, holders }: Entry): string {
  return JSON.stringify({ bytes, digest, used, holders: [...holders] });
}

async function readEntry(folder: string): Promise<z.output<typeof entrySchema> | undefined> {
  try {
    const text = await readFile(join(folder, ENTRY_FILE), "utf8");
    return entrySchema.parse(JSON.parse(text));
  } catch {
    // Whatever it is, it is not to be relied on.
    return undefined;
  }
}
