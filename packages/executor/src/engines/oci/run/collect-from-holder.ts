import type { Daemon } from "../daemon.ts";
import { daemonError, describe, OciError } from "../errors.ts";
import { collectOutputs } from "./collect-outputs.ts";
import type { ContainerRun } from "./run-container.ts";

const MILLIS_PER_MIB = 1_000;

/**
 * Reads what a program left in `/out`.
 * @returns the sum of the files' sizes in bytes.
 * @throws OciError of `collectOutputs`; `daemon-failed`, `daemon-timeout`, `output-unwritable`.
 */
export async function collectFromHolder(
  daemon: Daemon,
  run: ContainerRun,
  signal: AbortSignal,
): Promise<number> {
  const { outputBytes } = run.sandbox.limits;
  if (await run.output.isEmpty()) return 0;
  return await daemon.call(
    "reading outputs",
    signal,
    async (abortSignal) => {
      const archive = await run.output.archive(abortSignal);
      const cut = () => archive.destroy();
      abortSignal.addEventListener("abort", cut, { once: true });
      try {
        return await collectOutputs(archive, run.outputFolder, outputBytes);
      } catch (error) {
        throw translate(error);
      } finally {
        abortSignal.removeEventListener("abort", cut);
        archive.destroy();
      }
    },
    60_000 + Math.ceil(outputBytes / 1024 ** 2) * MILLIS_PER_MIB,
  );
}

function translate(error: unknown): unknown {
  if (error instanceof OciError) {
    if (error.code !== "tar-malformed") return error;
    return daemonError(
      "daemon-failed",
      "Container engine: the outputs broke off",
      "Look at the container engine's log.",
      error,
    );
  }
  return new OciError("output-unwritable", `Outputs: cannot be written: ${describe(error)}`, {
    reason: "engine-unavailable",
    remedy: "Free disk space for the provider's folder.",
    cause: error,
  });
}
