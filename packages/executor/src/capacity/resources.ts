import {
  type Amounts,
  amountsLeft,
  type Need,
  placeIn,
  type Scarce,
} from "@deco-network/sdk/capacity";

/** Devices of one kind, each of which is one run's at a time. */
export interface DeviceClass {
  /** As programs ask for it; several classes may serve one name. */
  readonly name: string;
  /** Memory of each device, in bytes; absent: unknown, and nothing that asks for some is given one. */
  readonly memoryBytes?: number;
  /** What the engine calls those that nobody has. */
  readonly devices: readonly string[];
}

/** What a machine has, or has left. */
export interface Resources extends Amounts {
  /** Programs that may run at once, whatever they take. */
  readonly slots: number;
  readonly accelerators: readonly DeviceClass[];
}

/** Devices of one class that a run was given. */
export interface GivenDevices {
  /** Place of the class among the machine's. */
  readonly offer: number;
  readonly devices: readonly string[];
}

/** What a run holds. */
export interface Holding {
  readonly need: Need;
  readonly devices: readonly GivenDevices[];
}

export type Placement =
  | { readonly kind: "placed"; readonly holding: Holding }
  | { readonly kind: "short"; readonly of: Scarce; readonly detail: string };

/** Where a run would go, by the rule that allocators choose machines by (`placeIn`), and on which devices. */
export function place(free: Resources, need: Need): Placement {
  const accelerators = free.accelerators.map(({ devices, ...kind }) => ({
    ...kind,
    count: devices.length,
  }));
  const placement = placeIn({ ...free, accelerators }, need);
  if (placement.kind === "short") return placement;
  const devices = placement.devices.map(({ offer, count }) => ({
    offer,
    devices: free.accelerators[offer]?.devices.slice(0, count) ?? [],
  }));
  return { kind: "placed", holding: { need, devices } };
}

/** What is left once the run has what it was placed on. */
export function take(free: Resources, { need, devices }: Holding): Resources {
  return {
    slots: free.slots - 1,
    ...amountsLeft(free, need),
    accelerators: withDevices(free, devices, (left, given) =>
      left.filter((device) => !given.includes(device)),
    ),
  };
}

/** What is left once the run has given back what it held. */
export function giveBack(free: Resources, { need, devices }: Holding): Resources {
  return {
    slots: free.slots + 1,
    cpuMillis: free.cpuMillis + need.cpuMillis,
    memoryBytes: free.memoryBytes + need.memoryBytes,
    diskBytes: free.diskBytes + need.diskBytes,
    // In one order, so that what is given next does not depend on who ended first.
    accelerators: withDevices(free, devices, (left, given) => [...left, ...given].sort()),
  };
}

/** How many such runs fit at once; each takes a slot, so at most as many as there are. */
export function fitAtOnce(free: Resources, need: Need): number {
  let left = free;
  for (let count = 0; ; count++) {
    const placement = place(left, need);
    if (placement.kind === "short") return count;
    left = take(left, placement.holding);
  }
}

function withDevices(
  { accelerators }: Resources,
  given: readonly GivenDevices[],
  change: (left: readonly string[], given: readonly string[]) => string[],
): DeviceClass[] {
  return accelerators.map((each, index) => {
    const own = given.find(({ offer }) => offer === index);
    return own ? { ...each, devices: change(each.devices, own.devices) } : each;
  });
}
