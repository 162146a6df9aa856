import {
  memoryReservationBytes,
  type SandboxLimits,
  scratchBytes,
} from "@deco-network/sdk/capacity";
import type { ContainerCreateOptions, DeviceRequest, MountSettings } from "dockerode";
import { PROXY_URL } from "../egress/forward-program.ts";
import { labels } from "../labels.ts";
import { LEAST_PIDS, MAX_SCRATCH_ENTRIES } from "./limits.ts";

export interface Sandbox {
  readonly name: string;
  readonly instanceId: string;
  readonly imageId: string;
  /** The whole argument list; empty for the image's own. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly itemIndex: number | undefined;
  readonly limits: SandboxLimits;
  readonly hostname: string;
  /** Cores that the program may use; undefined for all. */
  readonly cores: number | undefined;
  readonly runtime: string;
  readonly uid: number;
  readonly gid: number;
  /** Text of the seccomp profile. */
  readonly seccomp: string;
  /** Cores of this machine: a program may ask for more, but an engine refuses to promise them. */
  readonly hostCores: number;
  /** Host folder shown as `/in`. */
  readonly inputFolder: string;
  /** Host file shown as `/item`. */
  readonly itemFile: string | undefined;
  /** Volume shown as `/out`. */
  readonly outputVolume: string;
  /** Volume shown as `/checkpoint`; undefined for a program that keeps none. */
  readonly checkpointVolume: string | undefined;
  /** Volume shown as `/tmp`; undefined where the runtime can be trusted with a memory file system. */
  readonly scratchVolume: string | undefined;
  /** `none`, or the network namespace of the run's gateway. */
  readonly networkMode: string;
  /** Devices for this run alone. */
  readonly devices: readonly DeviceRequest[];
  /** Host folder with the files `hosts`, `hostname` and `resolv.conf` that every run sees. */
  readonly etcFolder: string;
}

/** gVisor counts the host's threads, of which it needs many for itself. */
const RUNSC_PIDS = 1024;

/** Container engines refuse less, in thousandths of a core. */
const LEAST_CPU = 10;

/** The container in which a program runs: nothing of it comes from the image but its files. */
export function containerConfig(sandbox: Sandbox): ContainerCreateOptions {
  const { limits } = sandbox;
  const memory = memoryReservationBytes(limits);
  const { outputBytes, diskBytes, checkpointBytes = 0 } = limits;
  const fileSize = Math.max(outputBytes, diskBytes, checkpointBytes) + 1;
  const cpuMillis = Math.max(LEAST_CPU, Math.min(limits.cpuMillis, sandbox.hostCores * 1000));
  const isolated = sandbox.networkMode === "none";
  const leastPids = sandbox.runtime === "runsc" ? RUNSC_PIDS : LEAST_PIDS;
  return {
    name: sandbox.name,
    Image: sandbox.imageId,
    ...(sandbox.command.length > 0 && {
      Entrypoint: [...sandbox.command],
      Cmd: [],
    }),
    Env: environment(sandbox),
    User: `${sandbox.uid}:${sandbox.gid}`,
    WorkingDir: "/out",
    // One that joins another's network has its host name too, and may not name its own.
    ...(isolated && { Hostname: sandbox.hostname, NetworkDisabled: true }),
    Labels: labels(sandbox.instanceId, "job"),
    Healthcheck: { Test: ["NONE"] },
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: false,
    Tty: false,
    HostConfig: {
      ...confinement(sandbox.seccomp),
      NetworkMode: sandbox.networkMode,
      ...(sandbox.devices.length > 0 && { DeviceRequests: [...sandbox.devices] }),
      Runtime: sandbox.runtime,
      NanoCpus: cpuMillis * 1_000_000,
      ...(sandbox.cores !== undefined && {
        CpusetCpus: `0-${Math.min(sandbox.cores, sandbox.hostCores) - 1}`,
      }),
      Memory: memory,
      MemorySwap: memory,
      PidsLimit: Math.max(limits.pids, leastPids),
      // One byte more than allowed, so that a file over the limit shows as such.
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 1024, Hard: 4096 },
        { Name: "fsize", Soft: fileSize, Hard: fileSize },
      ],
      OomScoreAdj: 500,
      ShmSize: 64 * 1024 * 1024,
      Mounts: mounts(sandbox),
      ...(sandbox.scratchVolume === undefined && {
        Tmpfs: { "/tmp": `rw,exec,mode=1777,${scratchOptions(limits)}` },
      }),
    },
  };
}

/**
 * What container engines make read-only themselves, and the control groups: `crun` leaves the
 * folder above them writable for everybody.
 */
const READ_ONLY_PATHS = [
  ...["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  "/sys/fs/cgroup",
];

/** What every container of this engine is denied, the helpers included. */
export function confinement(seccomp: string) {
  return {
    NetworkMode: "none",
    IpcMode: "private",
    CapDrop: ["ALL"],
    Privileged: false,
    ReadonlyRootfs: true,
    ReadonlyPaths: READ_ONLY_PATHS,
    SecurityOpt: ["no-new-privileges:true", `seccomp=${seccomp}`],
    // The engine keeps no log: this process reads the streams itself and bounds them.
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no" },
    AutoRemove: false,
  };
}

/** Fixed settings first: what the program states itself is part of its digest and wins. */
function environment(sandbox: Sandbox): string[] {
  const env: Record<string, string> = {
    TZ: "UTC",
    LANG: "C.UTF-8",
    HOME: "/tmp",
    ...(sandbox.networkMode !== "none" && proxyVariables()),
    ...sandbox.env,
  };
  delete env["DECO_ITEM_INDEX"];
  if (sandbox.itemIndex !== undefined) env["DECO_ITEM_INDEX"] = String(sandbox.itemIndex);
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

/** Both spellings: programs disagree about which they read. */
function proxyVariables(): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
  return Object.fromEntries(names.map((name) => [name, PROXY_URL]));
}

/** The container sees exactly these, plus `/tmp`; the run compares them before it starts. */
function mounts(sandbox: Sandbox): MountSettings[] {
  const list = [
    readOnlyBind(sandbox.inputFolder, "/in"),
    volumeMount(sandbox.outputVolume, "/out", false),
  ];
  const { checkpointVolume, scratchVolume } = sandbox;
  if (checkpointVolume !== undefined)
    list.push(volumeMount(checkpointVolume, "/checkpoint", false));
  if (scratchVolume !== undefined) list.push(volumeMount(scratchVolume, "/tmp", false));
  if (sandbox.itemFile !== undefined) list.push(readOnlyBind(sandbox.itemFile, "/item"));
  for (const name of ["hosts", "hostname", "resolv.conf"]) {
    list.push(readOnlyBind(`${sandbox.etcFolder}/${name}`, `/etc/${name}`));
  }
  return list;
}

/** Bounds of `/tmp`, as options of a memory file system. */
export function scratchOptions(limits: SandboxLimits): string {
  return `nosuid,nodev,size=${scratchBytes(limits)},nr_inodes=${MAX_SCRATCH_ENTRIES}`;
}

export function volumeMount(volume: string, target: string, readOnly: boolean): MountSettings {
  return {
    Type: "volume",
    Source: volume,
    Target: target,
    ReadOnly: readOnly,
    // Without this the image's own folder would be copied into the volume.
    VolumeOptions: {
      NoCopy: true,
      Labels: {},
      DriverConfig: { Name: "local", Options: {} },
    },
  };
}

export function readOnlyBind(source: string, target: string): MountSettings {
  return {
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: true,
    BindOptions: { Propagation: "rprivate" },
  };
}
