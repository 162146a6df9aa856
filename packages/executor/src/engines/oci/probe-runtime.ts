import { randomBytes } from "node:crypto";
import { type Daemon, removeContainer } from "./daemon.ts";
import { daemonError } from "./errors.ts";
import { PAUSE_PATH } from "./holder/holder-image.ts";
import { labels } from "./labels.ts";
import type { ResolvedOptions } from "./options.ts";
import { confinement } from "./sandbox/container-config.ts";

/**
 * Runs the smallest program there is under the chosen runtime, since some are installed and still
 * hang: each step has its time limit.
 * @throws OciError `daemon-unsuitable`, `daemon-timeout`, `daemon-failed`.
 */
export async function probeRuntime(
  daemon: Daemon,
  options: ResolvedOptions,
  imageId: string,
  seccomp: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `deco-${options.instanceId}-${randomBytes(8).toString("hex")}-probe`;
  try {
    const container = await daemon.call("creating the probe", signal, () =>
      daemon.docker.createContainer({
        name,
        Image: imageId,
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
  } finally {
    await removeContainer(daemon, name);
  }
}
