import type { Readable } from "node:stream";
import { type Daemon, NEVER, readable, removeContainer, removeVolume } from "../daemon.ts";
import { labels } from "../labels.ts";
import { confinement, outputMount } from "../sandbox/container-config.ts";
import {
  LEAST_PIDS,
  MAX_OUTPUT_ENTRIES,
  outputVolumeBytes,
  type SandboxLimits,
} from "../sandbox/limits.ts";
import { PAUSE_PATH } from "./holder-image.ts";

/** The bounded `/out` of one run, kept alive beyond the program's end. */
export interface OutputHolder {
  readonly volume: string;
  /** The holder's first process as this machine numbers it, 0 when unknown. */
  readonly pid: number;
  readonly containerId: string;
  /** The content of `/out` as a tar stream; its first entry is the folder itself. */
  archive(signal: AbortSignal): Promise<Readable>;
  /** Removes container and volume. Idempotent. */
  release(): Promise<void>;
}

export interface HolderSpec {
  /** Of the run; volume and container derive theirs from it. */
  readonly name: string;
  readonly instanceId: string;
  readonly imageId: string;
  readonly limits: SandboxLimits;
  readonly uid: number;
  readonly gid: number;
  readonly seccomp: string;
}

/**
 * Makes the folder into which a program writes: a memory file system of fixed size and number of
 * files, which is the one bound on the sum of all files that the container engine enforces on
 * every host and for every user. It would vanish with the program's last process, so a second
 * container that only sleeps holds it until the outputs were read.
 */
export async function holdOutput(
  daemon: Daemon,
  spec: HolderSpec,
  signal: AbortSignal,
): Promise<OutputHolder> {
  const volume = `${spec.name}-out`;
  const name = `${spec.name}-holder`;
  const release = async () => {
    await removeContainer(daemon, name);
    await removeVolume(daemon, volume);
  };
  try {
    await daemon.call("creating a volume", NEVER, () =>
      daemon.docker.createVolume({
        Name: volume,
        Driver: "local",
        DriverOpts: { type: "tmpfs", device: "tmpfs", o: mountOptions(spec) },
        Labels: labels(spec.instanceId, "output"),
      }),
    );
    const created = await daemon.call("creating a holder", NEVER, () =>
      daemon.docker.createContainer({
        name,
        Image: spec.imageId,
        Entrypoint: [PAUSE_PATH],
        Cmd: [],
        User: `${spec.uid}:${spec.gid}`,
        Labels: labels(spec.instanceId, "holder"),
        NetworkDisabled: true,
        HostConfig: {
          ...confinement(spec.seccomp),
          Memory: 16 * 1024 * 1024,
          MemorySwap: 16 * 1024 * 1024,
          PidsLimit: LEAST_PIDS,
          Mounts: [outputMount(volume, true)],
        },
      }),
    );
    await daemon.call("starting a holder", signal, () => created.start());
    const state = await daemon.call("inspecting a holder", signal, () => created.inspect());
    return {
      volume,
      pid: state.State.Pid,
      containerId: created.id,
      async archive(abortSignal) {
        const stream = await created.getArchive({ path: "/out", abortSignal });
        return readable(stream);
      },
      release,
    };
  } catch (error) {
    await release().catch(() => undefined); // The first failure is the one to report.
    throw error;
  }
}

/** Open to every user, since a remapped engine knows the sandbox's user by another number. */
function mountOptions(spec: HolderSpec): string {
  const size = outputVolumeBytes(spec.limits);
  // One more for the folder itself.
  const inodes = MAX_OUTPUT_ENTRIES + 1;
  return `size=${size},nr_inodes=${inodes},mode=0777,uid=${spec.uid},gid=${spec.gid},nosuid,nodev`;
}
