import { statfs } from "node:fs/promises";

import type { ExecutorConfig } from "../config/schema.ts";
import type { Resources } from "./resources.ts";

/** What of a configuration says what programs share. */
export interface MachineChoice extends Pick<ExecutorConfig, "capacity" | "engines"> {
  /** Free bytes of the disk that are left to everything else. */
  readonly spareDiskBytes: number;
}

/**
 * What programs share of this machine.
 * @param folder on the disk that they are worked on; it must exist
 * @param engines names of those that work
 */
export async function machineOf(
  { capacity, engines: chosen, spareDiskBytes }: MachineChoice,
  folder: string,
  engines: readonly string[],
): Promise<Resources> {
  const { slots, cpuMillis, memoryBytes } = capacity;
  const offered = engines.includes("oci") ? (chosen.oci?.accelerators ?? []) : [];
  return {
    ...{ slots, cpuMillis, memoryBytes },
    diskBytes:
      capacity.workDiskBytes ??
      // A disk that is full now may be emptied later; until then `disk-low` keeps seats away.
      Math.max(capacity.diskBytes, (await freeBytes(folder)) - spareDiskBytes),
    accelerators: offered.map(({ name, memoryBytes: each, devices }) => ({
      ...{ name, devices },
      ...(each !== undefined && { memoryBytes: each }),
    })),
  };
}

/** Bytes of the folder's disk that this user may still write. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
