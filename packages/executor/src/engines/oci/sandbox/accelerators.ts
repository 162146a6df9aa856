import type { AcceleratorNeed } from "@deco-network/sdk/capacity";
import type { DeviceRequest } from "dockerode";
import { type GivenDevices, place, type Resources } from "../../../capacity/resources.ts";
import { OciError } from "../errors.ts";

/** Devices of one kind that this provider offers. */
export interface AcceleratorOffer {
  /** As programs ask for it. */
  readonly name: string;
  /** Memory of each device, in bytes; absent: unknown. */
  readonly memoryBytes?: number;
  /** The container engine's driver for it, `nvidia` or `cdi` for instance. */
  readonly driver: string;
  /** What the driver calls the devices. */
  readonly devices: readonly string[];
  /** What a container may do with them; only some drivers ask. */
  readonly capabilities?: readonly string[];
}

/**
 * What is asked of the container engine for devices. They are whole, each one run's at a time: what a program leaves in a device's
 * memory and how it slows others down is not bounded by a container. Who has which is decided by who runs programs, with the rest of
 * the machine (`capacity/`).
 */
export class Accelerators {
  readonly #offers: readonly AcceleratorOffer[];

  constructor(offers: readonly AcceleratorOffer[]) {
    this.#offers = offers;
  }

  /** Every device, for a trial of the drivers. */
  get all(): readonly DeviceRequest[] {
    return this.#offers.map((offer) => deviceRequest(offer, offer.devices));
  }

  /** @throws OciError `accelerator-missing`, naming what this machine has not. */
  expectOffered(wanted: readonly AcceleratorNeed[]): void {
    const need = { cpuMillis: 0, memoryBytes: 0, diskBytes: 0, accelerators: wanted };
    const placement = place({ ...NOTHING_ELSE, accelerators: this.#offers }, need);
    if (placement.kind === "short") throw missing(placement.detail);
  }

  /** @throws OciError `accelerator-missing` when a run was not given what its program asks for. */
  requestsFor(
    wanted: readonly AcceleratorNeed[],
    given: readonly GivenDevices[] = [],
  ): readonly DeviceRequest[] {
    const requests = given.flatMap(({ offer, devices }) => {
      const found = this.#offers[offer];
      return found ? [{ name: found.name, request: deviceRequest(found, devices) }] : [];
    });
    for (const { name, count } of wanted) {
      const own = requests.find((each) => each.name === name);
      if (own?.request.DeviceIDs?.length === count) continue;
      throw missing(`The run was not given ${count} of the accelerator "${name}".`);
    }
    return requests.map(({ request }) => request);
  }
}

/** A machine of which only the accelerators count. */
const NOTHING_ELSE: Resources = {
  ...{ slots: 1, cpuMillis: 0, memoryBytes: 0, diskBytes: 0, accelerators: [] },
};

function missing(detail: string): OciError {
  return new OciError("accelerator-missing", `Program: ${detail}`, {
    reason: "limit-exceeded",
    remedy: "Leave the task to providers with that accelerator.",
  });
}

function deviceRequest(offer: AcceleratorOffer, devices: readonly string[]): DeviceRequest {
  return {
    Driver: offer.driver,
    DeviceIDs: [...devices],
    ...(offer.capabilities && { Capabilities: [[...offer.capabilities]] }),
  };
}
