import { toolEntry } from "../lib/project.ts";
import { type Finished, runProcess } from "../lib/run-process.ts";

/**
 * Compiles `contracts/` into `artifacts/` (about a minute; a second when nothing changed).
 * A compile error is a result with a failing code.
 */
export function buildContracts(options: { signal?: AbortSignal } = {}): Promise<Finished> {
  return runProcess(process.execPath, [toolEntry("hardhat"), "build", "--no-tests"], {
    ...options,
    env: { HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
  });
}
