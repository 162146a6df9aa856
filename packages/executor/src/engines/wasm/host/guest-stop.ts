import type { DeterministicFault } from "../../engine.ts";

/** Thrown through the guest to end its run: by `proc_exit`, or since a host call met a limit. */
export class GuestStop extends Error {
  override readonly name = "GuestStop";
  readonly code: "exit" | DeterministicFault;
  readonly exitCode: number;

  constructor(code: "exit" | DeterministicFault, exitCode = 0) {
    super(`guest stopped: ${code}`);
    this.code = code;
    this.exitCode = exitCode;
  }
}
