import type { Storage } from "@deco-network/storage";

export interface SeatEndpoints {
  /** Multiaddrs that these providers described last; anyone may write anything there. */
  endpointsOf(providers: readonly number[]): Promise<readonly string[]>;
}

const DIAL_TIMEOUT_MILLIS = 5_000;
const MAX_ADDRESSES = 64;

/**
 * Connects to providers, so that their content can be asked for: they have fetched a task's input, and
 * have its outputs. Who cannot be reached is left out.
 */
export async function connectSeats(
  storage: Pick<Storage, "connect" | "peers">,
  market: SeatEndpoints,
  providers: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const addresses = await market.endpointsOf(providers);
  const connected = new Set(storage.peers());
  const missing = addresses.filter((address) => {
    const peer = /\/p2p\/([A-Za-z0-9]+)$/.exec(address)?.[1];
    return peer !== undefined && !connected.has(peer);
  });
  const dials = missing
    .slice(0, MAX_ADDRESSES)
    .map((address) => storage.connect(address, { signal, timeoutMillis: DIAL_TIMEOUT_MILLIS }));
  await Promise.allSettled(dials);
}
