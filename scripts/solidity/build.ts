import { toolEntry } from "../lib/project.ts";
import { type Finished, runProcess } from "../lib/run-process.ts";

/**
 * Compiles `contracts/` into `artifacts/` (about a minute; a second when nothing changed).
 * A compile error is a result with a failing code.
 * @param options `anew`: everything, whatever was compiled before. Code depends on what is compiled together, so code that is
 * published is of a whole build.
 */
export function buildContracts({
  anew = false,
  ...options
}: {
  signal?: AbortSignal;
  anew?: boolean;
} = {}): Promise<Finished> {
  const args = [toolEntry("hardhat"), "build", "--no-tests", ...(anew ? ["--force"] : [])];
  return runProcess(process.execPath, args, {
    ...options,
    env: { HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
  });
}
