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
export interface Resources {
  /** Programs that may run at once, whatever they take. */
  readonly slots: number;
  /** Processor time: 1000 is one core. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly accelerators: readonly DeviceClass[];
}

/** Devices that a run needs for itself. */
export interface AcceleratorNeed {
  readonly name: string;
  readonly count: number;
  /** Least memory of each, in bytes. */
  readonly memoryBytes?: number;
}

/** What one run takes of a machine while it runs. */
export interface Need {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Each name once. */
  readonly accelerators: readonly AcceleratorNeed[];
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

/** What there is too little of. */
export type Scarce = "slots" | "cpu" | "memory" | "disk" | "accelerator";

export type Placement =
  | { readonly kind: "placed"; readonly holding: Holding }
  | { readonly kind: "short"; readonly of: Scarce; readonly detail: string };

/**
 * Where a run would go. Accelerators are chosen by best fit: of the classes that serve, the one whose devices have the least memory
 * left over; then the one with the fewest devices left over; then the first. A run's devices of one name are of one class.
 */
export function place(free: Resources, need: Need): Placement {
  if (free.slots < 1) return short("slots", "All slots are taken.");
  const bounds = [
    ["cpu", "thousandths of a core", need.cpuMillis, free.cpuMillis],
    ["memory", "bytes of memory", need.memoryBytes, free.memoryBytes],
    ["disk", "bytes of disk", need.diskBytes, free.diskBytes],
  ] as const;
  for (const [of, unit, wanted, left] of bounds) {
    if (wanted > left) {
      return short(of, `A run may take ${wanted} ${unit}; there are ${Math.max(0, left)}.`);
    }
  }
  const devices: GivenDevices[] = [];
  for (const wanted of need.accelerators) {
    const offer = bestClass(free.accelerators, wanted);
    if (offer === undefined) return short("accelerator", missing(free, wanted));
    const of = free.accelerators[offer]?.devices ?? [];
    devices.push({ offer, devices: of.slice(0, wanted.count) });
  }
  return { kind: "placed", holding: { need, devices } };
}

/** What is left once the run has what it was placed on. */
export function take(free: Resources, { need, devices }: Holding): Resources {
  return {
    slots: free.slots - 1,
    cpuMillis: free.cpuMillis - need.cpuMillis,
    memoryBytes: free.memoryBytes - need.memoryBytes,
    diskBytes: free.diskBytes - need.diskBytes,
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

function bestClass(
  classes: readonly DeviceClass[],
  { name, count, memoryBytes = 0 }: AcceleratorNeed,
): number | undefined {
  const left = (index: number) => {
    const { memoryBytes: has = 0, devices } = classes[index] as DeviceClass;
    return { memory: has - memoryBytes, devices: devices.length - count };
  };
  const serving = [...classes.keys()].filter((index) => {
    const over = left(index);
    return classes[index]?.name === name && over.memory >= 0 && over.devices >= 0;
  });
  return serving.sort((a, b) => {
    const [one, other] = [left(a), left(b)];
    return one.memory - other.memory || one.devices - other.devices || a - b;
  })[0];
}

function missing(free: Resources, { name, count, memoryBytes }: AcceleratorNeed): string {
  const has = free.accelerators
    .filter((each) => each.name === name)
    .reduce((most, { devices }) => Math.max(most, devices.length), 0);
  const large = memoryBytes === undefined ? "" : ` with ${memoryBytes} bytes of memory each`;
  return `A run needs ${count} of the accelerator "${name}"${large}; there are at most ${has} of a kind.`;
}

function short(of: Scarce, detail: string): Placement {
  return { kind: "short", of, detail };
}
