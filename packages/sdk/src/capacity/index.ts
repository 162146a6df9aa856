export type { OciProgram, SandboxLimits } from "./container-limits.ts";
export {
  checkpointVolumeBytes,
  MAX_CHECKPOINT_ENTRIES,
  MAX_OUTPUT_ENTRIES,
  memoryReservationBytes,
  outputVolumeBytes,
  sandboxLimits,
  scratchBytes,
} from "./container-limits.ts";
export type { Fit } from "./fit.ts";
export { compareFits, fitOf } from "./fit.ts";
export type { Runnable } from "./need-of.ts";
export { CORE_MILLIS, cpuMillisOf, memoryReservation, needOf } from "./need-of.ts";
export type {
  AcceleratorNeed,
  AcceleratorRoom,
  Amounts,
  GivenCount,
  Need,
  Room,
  RoomPlacement,
  Scarce,
} from "./room.ts";
export { amountsLeft, placeIn, takeFrom } from "./room.ts";
