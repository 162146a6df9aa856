import type { LocalBlocks } from "../blocks/local-blocks.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { HttpSource } from "../network/block-fetcher.ts";
import type { KuboOptions, StorageEvent } from "../storage.ts";
import { kuboClient, parseKuboApi } from "./kubo-client.ts";
import { startKuboMirror } from "./kubo-mirror.ts";

const DEFAULT_TIMEOUT_MILLIS = 60_000;
const DEFAULT_RECHECK_MILLIS = 60 * 60_000;

interface MirroredParts {
  readonly blocks: LocalBlocks;
  readonly catalogue: Catalogue;
  readonly onEvent: (event: StorageEvent) => void;
  readonly signal: AbortSignal;
}

/** A Kubo daemon's two parts in a storage: a source of blocks, and a keeper of its pins. */
export interface Kubo {
  source(onEvent: (event: StorageEvent) => void): HttpSource;
  /** The same catalogue; whatever changes what the daemon should keep is noticed. */
  watch(catalogue: Catalogue): Catalogue;
  /** Resolves after the signal, when nothing is under way any more. */
  start(parts: MirroredParts): Promise<void>;
}

/**
 * Contacts nothing yet.
 * @throws StorageError `address-invalid`
 */
export function openKubo(options: KuboOptions): Kubo {
  const api = parseKuboApi(options.api);
  const client = kuboClient({
    api,
    timeoutMillis: options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS,
    ...(options.token !== undefined && { token: options.token }),
  });
  let wake: () => void = () => undefined;

  return {
    source: (onEvent) => ({
      name: api,
      ask: client.getBlock,
      onFailed: (error) => onEvent({ type: "kubo-failed", api, error }),
    }),

    watch(catalogue) {
      const waking =
        <Args extends string[]>(change: (...args: Args) => void) =>
        (...args: Args): void => {
          change(...args);
          wake();
        };
      return {
        ...catalogue,
        pin: waking(catalogue.pin),
        unpin: waking(catalogue.unpin),
        hold: waking(catalogue.hold),
        releaseHolds: waking(catalogue.releaseHolds),
        unstage: waking(catalogue.unstage),
        movePinFromStaged: waking(catalogue.movePinFromStaged),
      };
    },

    start({ blocks, catalogue, onEvent, signal }) {
      const mirror = startKuboMirror({
        ...{ client, blocks, onEvent, signal },
        record: catalogue.mirror(api),
        recheckMillis: options.recheckMillis ?? DEFAULT_RECHECK_MILLIS,
      });
      wake = mirror.wake;
      return mirror.ended;
    },
  };
}
