import type { StorageEvent } from "../storage.ts";
import { type BitswapNode, parsePeerAddress } from "./bitswap-node.ts";
import { sleep } from "./sleep.ts";

const FIRST_REDIAL_MILLIS = 500;
const LONGEST_REDIAL_MILLIS = 30_000;
const CHECK_MILLIS = 2_000;
const DIAL_TIMEOUT_MILLIS = 10_000;

/**
 * Stays connected to the configured peers until `signal` is aborted: dials each, looks every two
 * seconds whether it is still there, and dials again with growing pauses.
 * @throws StorageError `address-invalid` at once, if any address is none
 */
export function keepPeers(
  node: BitswapNode,
  addresses: readonly string[],
  onEvent: (event: StorageEvent) => void,
  signal: AbortSignal,
): void {
  for (const { address, peerId } of addresses.map(parsePeerAddress)) {
    void keepPeer(node, address.toString(), peerId, onEvent, signal);
  }
}

async function keepPeer(
  node: BitswapNode,
  address: string,
  peerId: string,
  onEvent: (event: StorageEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST_REDIAL_MILLIS;
  while (!signal.aborted) {
    try {
      if (!node.isConnected(peerId)) {
        const timeout = AbortSignal.timeout(DIAL_TIMEOUT_MILLIS);
        await node.connect(address, AbortSignal.any([signal, timeout]));
      }
      pause = FIRST_REDIAL_MILLIS;
      await sleep(CHECK_MILLIS, signal);
    } catch (error) {
      if (signal.aborted) return;
      onEvent({ type: "dial-failed", address, error });
      // Rejects only when the storage closes, which ends the loop.
      await sleep(pause, signal).catch(() => undefined);
      pause = Math.min(2 * pause, LONGEST_REDIAL_MILLIS);
    }
  }
}
