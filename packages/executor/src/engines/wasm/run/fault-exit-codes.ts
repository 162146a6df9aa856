import type { DeterministicFault } from "../../engine.ts";

/**
 * Exit codes of faults: 128 and the signal that a Unix process would have met. They are part of
 * the result, so they never change.
 */
export const FAULT_EXIT_CODES: Readonly<Record<DeterministicFault, number>> = {
  /** SIGXCPU */
  fuel: 152,
  /** SIGKILL, as by an out-of-memory killer */
  memory: 137,
  /** SIGSEGV, as by a stack overflow */
  depth: 139,
  /** SIGABRT */
  trap: 134,
};
