import { ensureDockerEngine } from "../docker/private-engine.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";
import { runVitest } from "./vitest.ts";

/**
 * Runs the tests that need a container engine, with the one that answers or a private one that
 * ends with them. Without an engine they count as skipped, and with DECO_REQUIRE_DOCKER=1 as failed.
 */
export async function runContainerTests({
  log,
  signal,
  secondLook,
}: {
  readonly log: (message: string) => void;
  readonly signal: AbortSignal;
  readonly secondLook: boolean;
}): Promise<PhaseResult> {
  const engine = await ensureDockerEngine({
    install: process.env.DECO_NO_INSTALL !== "1",
    log,
    signal,
  });
  if ("unavailable" in engine) {
    const reason = `${engine.unavailable}. ${engine.remedy}`;
    if (process.env.DECO_REQUIRE_DOCKER === "1") {
      return failedPhase(`container tests are required, but ${reason}`);
    }
    // Without DOCKER_HOST the tests are listed as skipped.
    const skipped = await runVitest({
      args: ["--project", "docker"],
      env: { DOCKER_HOST: undefined },
      signal,
    });
    return { ...skipped, reason };
  }
  try {
    return await runVitest({
      args: ["--project", "docker"],
      env: { DOCKER_HOST: engine.host },
      ...{ signal, secondLook },
    });
  } finally {
    await engine.stop();
  }
}
