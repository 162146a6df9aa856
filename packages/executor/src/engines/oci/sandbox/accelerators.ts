import type { DeviceRequest } from "dockerode";
import { untilAborted } from "../daemon.ts";
import { OciError } from "../errors.ts";
import type { OciProgram } from "./limits.ts";

/** Devices of one kind that this provider offers. */
export interface AcceleratorOffer {
  /** As programs ask for it. */
  readonly name: string;
  /** The container engine's driver for it, `nvidia` or `cdi` for instance. */
  readonly driver: string;
  /** What the driver calls the devices. */
  readonly devices: readonly string[];
  /** What a container may do with them; only some drivers ask. */
  readonly capabilities?: readonly string[];
}

export type WantedAccelerators = NonNullable<OciProgram["accelerators"]>;

/** Devices that one run has for itself. */
export interface TakenAccelerators {
  readonly requests: readonly DeviceRequest[];
  /** Gives them back. To be called once. */
  release(): void;
}

interface Waiting {
  readonly wanted: WantedAccelerators;
  readonly give: (taken: TakenAccelerators) => void;
}

/**
 * Hands out whole devices, each to one run at a time: what a program leaves in a device's memory
 * and how it slows others down is not bounded by a container. Who came first is served first.
 */
export class Accelerators {
  readonly #offers: ReadonlyMap<string, AcceleratorOffer>;
  readonly #free: Map<string, string[]>;
  readonly #queue: Waiting[] = [];

  constructor(offers: readonly AcceleratorOffer[]) {
    this.#offers = new Map(offers.map((offer) => [offer.name, offer]));
    this.#free = new Map(offers.map(({ name, devices }) => [name, [...devices]]));
  }

  /** Every device, for a trial of the drivers. */
  get all(): readonly DeviceRequest[] {
    return [...this.#offers.values()].map((offer) => deviceRequest(offer, offer.devices));
  }

  /** @throws OciError `accelerator-missing`, naming what this machine has not. */
  expectOffered(wanted: WantedAccelerators): void {
    for (const { name, count } of wanted) {
      const has = this.#offers.get(name)?.devices.length ?? 0;
      if (has >= count) continue;
      throw new OciError(
        "accelerator-missing",
        `Program: it needs ${count} of the accelerator "${name}", this machine offers ${has}`,
        {
          reason: "limit-exceeded",
          remedy: "Leave the task to providers with that accelerator.",
        },
      );
    }
  }

  /** Waits until all that is wanted is free. */
  async take(wanted: WantedAccelerators, signal: AbortSignal): Promise<TakenAccelerators> {
    this.expectOffered(wanted);
    const { promise, resolve } = Promise.withResolvers<TakenAccelerators>();
    const entry = { wanted, give: resolve };
    this.#queue.push(entry);
    this.#serve();
    try {
      return await untilAborted(promise, signal);
    } catch (error) {
      const place = this.#queue.indexOf(entry);
      if (place >= 0) this.#queue.splice(place, 1);
      else void promise.then((taken) => taken.release()); // Given at the moment of the abort.
      this.#serve();
      throw error;
    }
  }

  #serve(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (!next.wanted.every(({ name, count }) => this.#freeOf(name).length >= count)) return;
      this.#queue.shift();
      next.give(this.#taken(next.wanted));
    }
  }

  #taken(wanted: WantedAccelerators): TakenAccelerators {
    const taken = wanted.flatMap(({ name, count }) => {
      const offer = this.#offers.get(name);
      return offer ? [{ offer, devices: this.#freeOf(name).splice(0, count) }] : [];
    });
    return {
      requests: taken.map(({ offer, devices }) => deviceRequest(offer, devices)),
      release: () => {
        for (const { offer, devices } of taken) this.#freeOf(offer.name).push(...devices);
        this.#serve();
      },
    };
  }

  #freeOf(name: string): string[] {
    return this.#free.get(name) ?? [];
  }
}

function deviceRequest(offer: AcceleratorOffer, devices: readonly string[]): DeviceRequest {
  return {
    Driver: offer.driver,
    DeviceIDs: [...devices],
    ...(offer.capabilities && { Capabilities: [[...offer.capabilities]] }),
  };
}
