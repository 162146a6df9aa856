import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { Readable } from "node:stream";
import {
  checkpointVolumeBytes,
  MAX_CHECKPOINT_ENTRIES,
  MAX_OUTPUT_ENTRIES,
  outputVolumeBytes,
  type SandboxLimits,
} from "@deco-network/sdk/capacity";
import { CURRENT } from "../../kept-checkpoints.ts";
import { type Daemon, NEVER, readable, removeContainer, removeVolume } from "../daemon.ts";
import { labels } from "../labels.ts";
import { confinement, volumeMount } from "../sandbox/container-config.ts";
import { LEAST_PIDS } from "../sandbox/limits.ts";
import { PAUSE_PATH } from "./holder-image.ts";

/** A container that only sleeps, so that the volumes it holds outlive the programs' containers. */
export interface Holder {
  /** The holder's first process as this machine numbers it, 0 when unknown. */
  readonly pid: number;
  readonly containerId: string;
  /** Each is the `/out` of one run. */
  readonly volumes: readonly string[];
  /**
   * Whether a volume holds nothing, as this machine's kernel shows it; undefined where it does not. Asking the container
   * engine costs half of what a small program's container does.
   */
  isEmpty(volume: string): Promise<boolean | undefined>;
  /** A volume's content as a tar stream; its first entry is the folder `out` itself. */
  archive(volume: string, signal: AbortSignal): Promise<Readable>;
  /** The volume for the checkpoints of the run that has this one; undefined where the program keeps none. */
  checkpointVolume(volume: string): string | undefined;
  /** What such a run has as its current checkpoint, as a tar stream of that one entry. */
  checkpoint(volume: string, signal: AbortSignal): Promise<Readable>;
  /** Removes container and volumes. */
  remove(): Promise<void>;
}

export interface HolderSpec {
  readonly instanceId: string;
  readonly imageId: string;
  readonly limits: SandboxLimits;
  readonly uid: number;
  readonly gid: number;
  readonly seccomp: string;
}

/**
 * Makes folders into which programs write: memory file systems of fixed size and number of files,
 * which is the one bound on the sum of all files that the container engine enforces on every host
 * and for every user. They would vanish with the last process of a program, hence the holder.
 * Bound to no signal: each step has its time limit.
 */
export async function startHolder(
  daemon: Daemon,
  spec: HolderSpec,
  count: number,
): Promise<Holder> {
  const name = `deco-${spec.instanceId}-${randomBytes(8).toString("hex")}-holder`;
  const volumes = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const keeps = spec.limits.checkpointBytes !== undefined;
  const checkpointVolumes = keeps ? volumes.map(checkpointsOf) : [];
  const remove = async () => {
    await removeContainer(daemon, name);
    for (const volume of [...volumes, ...checkpointVolumes]) await removeVolume(daemon, volume);
  };
  try {
    // One more entry each for the folder itself.
    const outputs = { size: outputVolumeBytes(spec.limits), inodes: MAX_OUTPUT_ENTRIES + 1 };
    const checkpoints = {
      size: checkpointVolumeBytes(spec.limits),
      inodes: MAX_CHECKPOINT_ENTRIES + 1,
    };
    for (const volume of volumes) await createVolume(daemon, spec, volume, outputs);
    for (const volume of checkpointVolumes) await createVolume(daemon, spec, volume, checkpoints);
    const container = await daemon.call("creating a holder", NEVER, () =>
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
          Mounts: [
            ...volumes.map((volume) => volumeMount(volume, target(volume), true)),
            ...checkpointVolumes.map((volume) => volumeMount(volume, `/${volume}`, true)),
          ],
        },
      }),
    );
    await daemon.call("starting a holder", NEVER, () => container.start());
    const { State } = await daemon.call("inspecting a holder", NEVER, () => container.inspect());
    return {
      pid: State.Pid,
      containerId: container.id,
      volumes,
      async isEmpty(volume) {
        // Only the folder's names are read, and nothing of its path is the program's: no link is followed.
        const inHolder = `/proc/${State.Pid}/root${target(volume)}`;
        return await readdir(inHolder).then(
          (names) => names.length === 0,
          () => undefined,
        );
      },
      async archive(volume, abortSignal) {
        return readable(await container.getArchive({ path: target(volume), abortSignal }));
      },
      checkpointVolume: (volume) => (keeps ? checkpointsOf(volume) : undefined),
      async checkpoint(volume, abortSignal) {
        const path = `/${checkpointsOf(volume)}/${CURRENT}`;
        return readable(await container.getArchive({ path, abortSignal }));
      },
      remove,
    };
  } catch (error) {
    await remove().catch(() => undefined); // The first failure is the one to report.
    throw error;
  }
}

/** Ends in `out` for every volume, since the archive's names begin with the last part. */
function target(volume: string): string {
  return `/${volume}/out`;
}

function checkpointsOf(volume: string): string {
  return `${volume}-checkpoint`;
}

/** Bounds of a memory file system: bytes, files and folders. */
interface VolumeBounds {
  readonly size: number;
  readonly inodes: number;
}

async function createVolume(
  daemon: Daemon,
  spec: HolderSpec,
  name: string,
  bounds: VolumeBounds,
): Promise<void> {
  await daemon.call("creating a volume", NEVER, () =>
    daemon.docker.createVolume({
      Name: name,
      Driver: "local",
      DriverOpts: { type: "tmpfs", device: "tmpfs", o: mountOptions(spec, bounds) },
      Labels: labels(spec.instanceId, "output"),
    }),
  );
}

/** Open to every user, since a remapped engine knows the sandbox's user by another number. */
function mountOptions(spec: HolderSpec, { size, inodes }: VolumeBounds): string {
  return `size=${size},nr_inodes=${inodes},mode=0777,uid=${spec.uid},gid=${spec.gid},nosuid,nodev`;
}
