import { randomBytes } from "node:crypto";
import { removeContainer } from "./daemon.ts";
import type { EngineParts } from "./engine-parts.ts";
import { daemonError } from "./errors.ts";
import { PAUSE_PATH } from "./holder/holder-image.ts";
import { labels } from "./labels.ts";
import { confinement } from "./sandbox/container-config.ts";

/**
 * Runs the smallest program there is under the chosen runtime, since some are installed and still
 * hang: each step has its time limit. It is given every accelerator that is offered.
 * @throws OciError `daemon-unsuitable`, `daemon-timeout`, `daemon-failed`,
 * `accelerator-unavailable`.
 */
export async function probeRuntime(engine: EngineParts, signal: AbortSignal): Promise<void> {
  const { daemon, options, accelerators, holderImageId, seccomp } = engine;
  const name = `deco-${options.instanceId}-${randomBytes(8).toString("hex")}-probe`;
  try {
    const container = await daemon.call("creating the probe", signal, () =>
      daemon.docker.createContainer({
        name,
        Image: holderImageId,
        // With an argument the program ends at once.
        Entrypoint: [PAUSE_PATH, "end"],
        Cmd: [],
        User: `${options.uid}:${options.gid}`,
        Labels: labels(options.instanceId, "probe"),
        NetworkDisabled: true,
        HostConfig: {
          ...confinement(seccomp),
          Runtime: options.runtime,
          PidsLimit: 1024,
          ...(accelerators.all.length > 0 && { DeviceRequests: [...accelerators.all] }),
        },
      }),
    );
    const ended = new AbortController();
    const exit = daemon.call("waiting for the probe", AbortSignal.any([signal, ended.signal]), () =>
      container.wait({ condition: "next-exit" }),
    );
    exit.catch(() => undefined); // Awaited below, unless the start fails.
    try {
      await daemon.call("starting the probe", signal, () => container.start());
      const { StatusCode } = (await exit) as { StatusCode: number };
      if (StatusCode === 0) return;
      throw daemonError(
        "daemon-unsuitable",
        `Container engine: the probe under ${options.runtime} ended with ${StatusCode}`,
        "Look at the container engine's log, or choose another runtime.",
      );
    } finally {
      ended.abort();
    }
  } catch (error) {
    if (!isDeviceRefusal(error)) throw error;
    throw daemonError(
      "accelerator-unavailable",
      `Container engine: it cannot give the accelerators that are offered: ${error.message}`,
      "Install the driver for containers, or correct the accelerators of the configuration.",
      error,
    );
  } finally {
    await removeContainer(daemon, name);
  }
}

/** The container engine has no code of its own for it. */
function isDeviceRefusal(error: unknown): error is Error {
  return error instanceof Error && /device driver|CDI/.test(error.message);
}
