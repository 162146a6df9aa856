import type { ProgramDocument } from "../documents/program.ts";

export type OciProgram = Extract<ProgramDocument, { engine: "oci" }>;

/** A program's limits, complete for a container. */
export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly outputBytes: number;
  readonly stdoutBytes: number;
  readonly diskBytes: number;
  readonly wallMillis: number;
  readonly cpuMillis: number;
  readonly pids: number;
  /** Largest checkpoint; absent: the program keeps none. */
  readonly checkpointBytes?: number;
}

/** Files and folders that a program may leave in `/out`. */
export const MAX_OUTPUT_ENTRIES = 4096;
/** Files and folders that a program may have in `/checkpoint`. */
export const MAX_CHECKPOINT_ENTRIES = 64;
const PAGE = 4096;
/** Container engines refuse less. */
const SMALLEST_MEMORY = 6 * 1024 * 1024;

export function sandboxLimits(program: OciProgram): SandboxLimits {
  const { wallSeconds, ...limits } = program.limits;
  const checkpointBytes = program.checkpoint?.bytes;
  return {
    ...limits,
    wallMillis: wallSeconds * 1000,
    ...(checkpointBytes !== undefined && { checkpointBytes }),
  };
}

/**
 * Size of the memory file system behind `/out`. Each file takes whole pages, so the bound is
 * wide enough that a program within its limit never meets a full disk, on any machine; what
 * counts as too much is decided by the sum of the files' sizes.
 */
export function outputVolumeBytes(limits: SandboxLimits): number {
  return pages(limits.outputBytes) + MAX_OUTPUT_ENTRIES * PAGE;
}

export function scratchBytes(limits: SandboxLimits): number {
  return Math.max(pages(limits.diskBytes), PAGE);
}

/** Size of the memory file system behind `/checkpoint`: the next one is written beside the current one. */
export function checkpointVolumeBytes({ checkpointBytes }: SandboxLimits): number {
  if (checkpointBytes === undefined) return 0;
  return 2 * pages(checkpointBytes) + MAX_CHECKPOINT_ENTRIES * PAGE;
}

/**
 * Memory that one run may take of this machine: `/out`, `/tmp` and `/checkpoint` live in memory, so the
 * container's limit is the program's plus theirs. A provider's capacity counts with this.
 */
export function memoryReservationBytes(limits: SandboxLimits): number {
  const written = outputVolumeBytes(limits) + scratchBytes(limits) + checkpointVolumeBytes(limits);
  return Math.max(limits.memoryBytes + written, SMALLEST_MEMORY);
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}
