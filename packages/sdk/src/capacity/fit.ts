import {
  type AcceleratorRoom,
  type Amounts,
  compareKindsLeft,
  type KindLeft,
  kindLeft,
  type Need,
  placeIn,
  type Room,
} from "./room.ts";

/** What stays without use of a machine that a run is put on: the less, the better it fits. */
export interface Fit {
  /** Of the accelerators that it asks for, in its order. */
  readonly kinds: readonly KindLeft[];
  /** Devices that nobody has once it runs. */
  readonly devices: number;
  /** Part that is left of the amount that is the scarcest then: 0 is nothing, 1 is all of it. */
  readonly scarcest: number;
  /** Programs that may run beside it. */
  readonly slots: number;
}

/** How well a run fits; undefined where it does not. */
export function fitOf(room: Room, need: Need): Fit | undefined {
  const placement = placeIn(room, need);
  if (placement.kind === "short") return undefined;
  const kinds = placement.devices.flatMap(({ offer }, index) => {
    const [kind, wanted] = [room.accelerators[offer], need.accelerators[index]];
    return kind && wanted ? [kindLeft(kind, wanted)] : [];
  });
  const taken = placement.devices.reduce((sum, { count }) => sum + count, 0);
  return {
    ...{ kinds, devices: countOf(room.accelerators) - taken },
    scarcest: Math.min(...AMOUNTS.map((of) => partLeft(room[of], need[of]))),
    slots: room.slots - 1,
  };
}

/**
 * Below zero where `a` is the better fit: accelerators as one machine chooses among its own; then the machine that keeps the fewest devices
 * idle; then the one with the least left of its scarcest amount; then the one with the fewest slots.
 * @param a and `b` are of one need
 */
export function compareFits(a: Fit, b: Fit): number {
  for (const [index, kind] of a.kinds.entries()) {
    const other = b.kinds[index];
    const order = other === undefined ? 0 : compareKindsLeft(kind, other);
    if (order !== 0) return order;
  }
  return a.devices - b.devices || a.scarcest - b.scarcest || a.slots - b.slots;
}

const AMOUNTS: readonly (keyof Amounts)[] = ["cpuMillis", "memoryBytes", "diskBytes"];

function partLeft(has: number, wanted: number): number {
  return has === 0 ? 1 : (has - wanted) / has;
}

function countOf(kinds: readonly AcceleratorRoom[]): number {
  return kinds.reduce((sum, { count }) => sum + count, 0);
}
