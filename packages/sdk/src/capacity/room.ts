/** What is measured, not counted by the piece. */
export interface Amounts {
  /** Processor time: 1000 is one core. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Devices of one kind that nobody has. */
export interface AcceleratorRoom {
  /** As programs ask for it; several kinds may serve one name. */
  readonly name: string;
  readonly count: number;
  /** Memory of each device, in bytes; absent: unknown, and nothing that asks for some is given one. */
  readonly memoryBytes?: number | undefined;
}

/** What a machine has, or has left. */
export interface Room extends Amounts {
  /** Programs that may run at once, whatever they take. */
  readonly slots: number;
  readonly accelerators: readonly AcceleratorRoom[];
}

/** Devices that a run needs for itself. */
export interface AcceleratorNeed {
  readonly name: string;
  readonly count: number;
  /** Least memory of each, in bytes. */
  readonly memoryBytes?: number;
}

/** What one run takes of a machine while it runs. */
export interface Need extends Amounts {
  /** Each name once. */
  readonly accelerators: readonly AcceleratorNeed[];
}

/** Devices of one kind that a run is given. */
export interface GivenCount {
  /** Place of the kind among the machine's. */
  readonly offer: number;
  readonly count: number;
}

/** What there is too little of. */
export type Scarce = "slots" | "cpu" | "memory" | "disk" | "accelerator";

/** Where a run would go; a detail is for a person. */
export type RoomPlacement =
  | { readonly kind: "placed"; readonly devices: readonly GivenCount[] }
  | { readonly kind: "short"; readonly of: Scarce; readonly detail: string };

/**
 * Where a run would go. Accelerators are chosen by best fit: of the kinds that serve, the one whose devices have the least memory
 * left over; then the one with the fewest devices left over; then the first. A run's devices of one name are of one kind.
 */
export function placeIn(room: Room, need: Need): RoomPlacement {
  if (room.slots < 1) return short("slots", "All slots are taken.");
  const bounds = [
    ["cpu", "thousandths of a core", need.cpuMillis, room.cpuMillis],
    ["memory", "bytes of memory", need.memoryBytes, room.memoryBytes],
    ["disk", "bytes of disk", need.diskBytes, room.diskBytes],
  ] as const;
  for (const [of, unit, wanted, left] of bounds) {
    if (wanted > left) {
      return short(of, `A run may take ${wanted} ${unit}; there are ${Math.max(0, left)}.`);
    }
  }
  const devices: GivenCount[] = [];
  for (const wanted of need.accelerators) {
    const offer = bestKind(room.accelerators, wanted);
    if (offer === undefined) return short("accelerator", missing(room, wanted));
    devices.push({ offer, count: wanted.count });
  }
  return { kind: "placed", devices };
}

/** What is left once a run has what it was placed on. */
export function takeFrom(room: Room, need: Need, devices: readonly GivenCount[]): Room {
  const accelerators = room.accelerators.map((kind, index) => {
    const given = devices.find(({ offer }) => offer === index)?.count ?? 0;
    return { ...kind, count: kind.count - given };
  });
  return { slots: room.slots - 1, ...amountsLeft(room, need), accelerators };
}

export function amountsLeft(room: Amounts, need: Amounts): Amounts {
  return {
    cpuMillis: room.cpuMillis - need.cpuMillis,
    memoryBytes: room.memoryBytes - need.memoryBytes,
    diskBytes: room.diskBytes - need.diskBytes,
  };
}

/** What of a kind of accelerator stays without use once a run has its devices. */
export interface KindLeft {
  /** Bytes of each device that were not asked for. */
  readonly memory: number;
  /** Devices that nobody has. */
  readonly devices: number;
}

export function kindLeft(
  { count, memoryBytes = 0 }: AcceleratorRoom,
  need: AcceleratorNeed,
): KindLeft {
  return { memory: memoryBytes - (need.memoryBytes ?? 0), devices: count - need.count };
}

/** Below zero where `a` is the better fit. */
export function compareKindsLeft(a: KindLeft, b: KindLeft): number {
  return a.memory - b.memory || a.devices - b.devices;
}

function bestKind(kinds: readonly AcceleratorRoom[], need: AcceleratorNeed): number | undefined {
  const serving = kinds.flatMap((kind, index) => {
    const left = kindLeft(kind, need);
    const serves = kind.name === need.name && left.memory >= 0 && left.devices >= 0;
    return serves ? [{ index, left }] : [];
  });
  return serving.sort((a, b) => compareKindsLeft(a.left, b.left) || a.index - b.index)[0]?.index;
}

function missing(room: Room, { name, count, memoryBytes }: AcceleratorNeed): string {
  const has = room.accelerators
    .filter((kind) => kind.name === name)
    .reduce((most, kind) => Math.max(most, kind.count), 0);
  const large = memoryBytes === undefined ? "" : ` with ${memoryBytes} bytes of memory each`;
  return `A run needs ${count} of the accelerator "${name}"${large}; there are at most ${has} of a kind.`;
}

function short(of: Scarce, detail: string): RoomPlacement {
  return { kind: "short", of, detail };
}
