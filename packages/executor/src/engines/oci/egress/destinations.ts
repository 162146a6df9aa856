import { lookup } from "node:dns/promises";
import { connect as dial, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EgressError } from "./egress-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** How names become addresses and addresses connections; the machine's own ways by default. */
export interface EgressParts {
  /** All addresses of a name. */
  resolve(host: string): Promise<readonly string[]>;
  /** A socket that connects to an address; it is never given a name. */
  dial(address: string, port: number): Socket;
}

export const machineParts: EgressParts = {
  async resolve(host) {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  },
  dial: (host, port) => dial({ host, port }),
};

const RESOLVE_MILLIS = 10_000;
const CONNECT_MILLIS = 10_000;
/** Addresses of one name that are tried. */
const MAX_TRIES = 3;

/**
 * The places that one run may reach. A name is resolved once a run, all its addresses must be
 * public, and only they are connected to: a name server that answers otherwise the second time
 * is not asked.
 */
export class Destinations {
  readonly #allowed: ReadonlySet<string>;
  readonly #parts: EgressParts;
  readonly #signal: AbortSignal;
  readonly #addresses = new Map<string, Promise<readonly string[]>>();

  constructor(allowed: readonly string[], parts: EgressParts, signal: AbortSignal) {
    this.#allowed = new Set(allowed);
    this.#parts = parts;
    this.#signal = signal;
  }

  /**
   * @param destination `host:port` as the program spelled it
   * @throws EgressError `egress-not-listed`, `egress-address-refused`, `egress-unresolved`,
   * `egress-unreachable`
   */
  async connect(destination: string): Promise<Socket> {
    const name = destination.toLowerCase();
    if (!this.#allowed.has(name)) {
      throw new EgressError("egress-not-listed", `${name} is not on the program's list`);
    }
    const at = name.lastIndexOf(":");
    const host = name.slice(0, at);
    const addresses = await this.#resolved(host);
    let failure: unknown;
    for (const address of addresses.slice(0, MAX_TRIES)) {
      try {
        return await this.#connected(address, Number(name.slice(at + 1)));
      } catch (error) {
        failure = error;
      }
    }
    throw new EgressError("egress-unreachable", `${name} does not answer`, failure);
  }

  #resolved(host: string): Promise<readonly string[]> {
    let addresses = this.#addresses.get(host);
    if (addresses === undefined) {
      addresses = this.#resolve(host);
      this.#addresses.set(host, addresses);
      addresses.catch((error) => {
        // A refused answer stands for the run; one that did not come may come later.
        if (error.code === "egress-unresolved") this.#addresses.delete(host);
      });
    }
    return addresses;
  }

  async #resolve(host: string): Promise<readonly string[]> {
    let addresses: readonly string[];
    try {
      addresses = await within(this.#parts.resolve(host), RESOLVE_MILLIS, this.#signal);
    } catch (error) {
      throw new EgressError("egress-unresolved", `${host} has no address`, error);
    }
    if (addresses.length === 0) {
      throw new EgressError("egress-unresolved", `${host} has no address`);
    }
    if (addresses.every(isPublicAddress)) return addresses;
    throw new EgressError("egress-address-refused", `${host} has an address that is not public`);
  }

  async #connected(address: string, port: number): Promise<Socket> {
    const socket = this.#parts.dial(address, port);
    const open = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    try {
      await within(open, CONNECT_MILLIS, this.#signal);
      socket.on("error", () => socket.destroy());
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

async function within<T>(promise: Promise<T>, millis: number, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const late = sleep(millis, undefined, { signal: AbortSignal.any([signal, stop.signal]) });
  promise.catch(() => undefined); // It may fail when nobody waits any more.
  try {
    return await Promise.race([
      promise,
      late.then(() => Promise.reject(new EgressError("egress-unreachable", "no answer in time"))),
    ]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}
