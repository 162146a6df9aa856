import type { CID } from "multiformats/cid";
import type { LocalBlocks } from "../blocks/local-blocks.ts";
import type { MirrorRecord } from "../catalogue/mirror-record.ts";
import { parseCid } from "../cid.ts";
import { StorageError } from "../errors.ts";
import { sleep } from "../network/sleep.ts";
import type { CidString, StorageEvent } from "../storage.ts";
import { carBlock, carHeader } from "../unixfs/car.ts";
import { walkDag } from "../unixfs/walk-dag.ts";
import type { KuboClient } from "./kubo-client.ts";

export interface KuboMirrorOptions {
  readonly client: KuboClient;
  readonly blocks: LocalBlocks;
  readonly record: MirrorRecord;
  readonly onEvent: (event: StorageEvent) => void;
  /** How often it is asked whether it still has everything. */
  readonly recheckMillis: number;
  /** Ends the mirror. */
  readonly signal: AbortSignal;
}

export interface KuboMirror {
  /** To be called when a pin came or went. */
  wake(): void;
  /** Resolves after the signal, when nothing is under way any more. */
  readonly ended: Promise<void>;
}

const AT_ONCE = 4;
/** An announcement may take the network a minute; more than these are left to the daemon's own schedule. */
const ANNOUNCEMENTS_AT_ONCE = 16;
const FIRST_RETRY_MILLIS = 1_000;
const LONGEST_RETRY_MILLIS = 5 * 60_000;

/**
 * Has a Kubo daemon keep what is pinned and public here, and let go of what is not any more.
 * Nobody waits for it: content is served from this machine meanwhile, and what is left to do
 * survives a restart. A daemon that fails is tried again with growing pauses; a DAG that it alone
 * fails with is set aside in the same way, and holds up no other.
 */
export function startKuboMirror(options: KuboMirrorOptions): KuboMirror {
  const { client, blocks, record, onEvent, recheckMillis, signal } = options;
  /** Roots that failed while the daemon was well. */
  const aside = new Map<CidString, { readonly until: number; readonly pause: number }>();
  let announcing = 0;
  let woken = Promise.withResolvers<void>();

  const loadPublic = async (cid: CID): Promise<Uint8Array> => {
    const block = await blocks.loadPublic(cid);
    if (block !== undefined) return block;
    throw new StorageError("block-not-found", `${cid.toString()} is not public here`, {
      remedy: "Publish or pin it again.",
    });
  };

  async function* car(root: CID): AsyncGenerator<Uint8Array> {
    yield carHeader(root);
    for await (const { cid, bytes } of walkDag(root, loadPublic)) yield carBlock(cid, bytes);
  }

  async function push(name: CidString): Promise<void> {
    const root = parseCid(name);
    if (await client.isPinned(root, signal)) {
      record.note(name, record.state(name) === "pushing" ? "kept" : "foreign");
    } else {
      record.note(name, "pushing");
      await client.importDag(car(root), signal);
      // The daemon's own word on what it keeps, whatever it said of the import.
      if (!(await client.isPinned(root, signal))) throw notKept(client.api, name);
      record.note(name, "kept");
    }
    onEvent({ type: "kubo-kept", cid: name });
    announce(root);
  }

  function announce(root: CID): void {
    if (announcing >= ANNOUNCEMENTS_AT_ONCE) return;
    announcing += 1;
    client
      .provide(root, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) onEvent({ type: "kubo-not-announced", api: client.api, error });
      })
      .finally(() => {
        announcing -= 1;
      });
  }

  async function release(name: CidString): Promise<void> {
    if (record.state(name) !== "foreign") await client.unpin(parseCid(name), signal);
    record.forget(name);
    onEvent({ type: "kubo-released", cid: name });
  }

  async function recheck(name: CidString): Promise<void> {
    if (await client.isPinned(parseCid(name), signal)) return;
    record.forget(name);
    woken.resolve();
  }

  /** @throws what `action` throws, when the daemon does not answer at all */
  async function attempt(
    name: CidString,
    action: (name: CidString) => Promise<void>,
  ): Promise<void> {
    try {
      await action(name);
      aside.delete(name);
    } catch (error) {
      signal.throwIfAborted();
      if (!(await client.answers(signal))) throw error;
      const pause = Math.min(
        2 * (aside.get(name)?.pause ?? FIRST_RETRY_MILLIS / 2),
        LONGEST_RETRY_MILLIS,
      );
      aside.set(name, { until: performance.now() + pause, pause });
      onEvent({ type: "kubo-failed", api: client.api, cid: name, error });
    }
  }

  async function pass(): Promise<void> {
    const missing = record.missing();
    const obsolete = record.obsolete();
    const wanted = new Set([...missing, ...obsolete]);
    for (const name of aside.keys()) if (!wanted.has(name)) aside.delete(name);
    const now = performance.now();
    const due = (name: CidString) => (aside.get(name)?.until ?? 0) <= now;
    await eachOf(missing.filter(due), (name) => attempt(name, push));
    await eachOf(obsolete.filter(due), (name) => attempt(name, release));
  }

  async function run(): Promise<void> {
    let pause = FIRST_RETRY_MILLIS;
    let nextRecheck = performance.now();
    while (!signal.aborted) {
      try {
        woken = Promise.withResolvers();
        await pass();
        if (performance.now() >= nextRecheck) {
          await eachOf(record.kept(), recheck);
          nextRecheck = performance.now() + recheckMillis;
        }
        pause = FIRST_RETRY_MILLIS;
        const until = Math.min(nextRecheck, ...[...aside.values()].map(({ until }) => until));
        await wakenOr(until - performance.now(), woken.promise, signal);
      } catch (error) {
        if (signal.aborted) return;
        onEvent({ type: "kubo-failed", api: client.api, error });
        // Rejects only when the storage closes, which ends the loop.
        await sleep(pause, signal).catch(() => undefined);
        pause = Math.min(2 * pause, LONGEST_RETRY_MILLIS);
      }
    }
  }

  return { wake: () => woken.resolve(), ended: run() };
}

/** Some at once; after the first failure no further one is begun. Settles when none runs. */
async function eachOf(
  names: readonly CidString[],
  action: (name: CidString) => Promise<void>,
): Promise<void> {
  const iterator = names[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    for (const name of iterator) {
      if (failed) return;
      try {
        await action(name);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function wakenOr(millis: number, woken: Promise<void>, signal: AbortSignal): Promise<void> {
  const ending = new AbortController();
  try {
    await Promise.race([
      woken,
      sleep(Math.max(millis, 0), AbortSignal.any([signal, ending.signal])),
    ]);
  } finally {
    ending.abort();
  }
}

function notKept(api: string, root: CidString): StorageError {
  return new StorageError("kubo-refused", `${api} took ${root} and does not keep it`, {
    remedy: "See the daemon's log; it is sent again.",
  });
}
