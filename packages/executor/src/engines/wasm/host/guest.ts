import type { DescriptorTable } from "./descriptors.ts";
import type { FileTree } from "./file-tree.ts";
import type { FuelGauge } from "./fuel-gauge.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { RandomStream } from "./random-stream.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** All that the host functions of one run share. */
export interface Guest {
  readonly memory: GuestMemory;
  readonly fuel: FuelGauge;
  readonly clock: VirtualClock;
  readonly random: RandomStream;
  readonly files: FileTree;
  readonly descriptors: DescriptorTable;
  readonly args: readonly string[];
  /** `NAME=value`, sorted by bytes. */
  readonly environment: readonly string[];
}
