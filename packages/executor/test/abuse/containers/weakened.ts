import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { containerConfig } from "../../../src/engines/oci/sandbox/container-config.ts";
import { seccompProfile } from "../../../src/engines/oci/sandbox/seccomp-profile.ts";
import { LIMITS } from "./bombs.ts";
import type { Machine } from "./machine.ts";
import type { Weakening } from "./scripts.ts";

type Config = Docker.ContainerCreateOptions;

export interface WeakenedSpec {
  readonly docker: Docker;
  readonly machine: Machine;
  readonly runtime: string;
  readonly imageId: string;
  readonly command: readonly string[];
  readonly weakening: Weakening;
  /** Network namespace with a metadata service. */
  readonly metadata?: string;
}

/** Larger than what any attempt takes. */
const ENOUGH = 1024 ** 3;
const UNCONFINED = ["seccomp=unconfined", "apparmor=unconfined"];
const LABELS = { "network.deco.abuse": "weakened" };

/**
 * Runs a command in a container that is configured as the engine would, but for what is named
 * `weakening`; what it prints.
 */
export async function runWeakened(spec: WeakenedSpec): Promise<string> {
  const { docker } = spec;
  const container = await docker.createContainer(weaken(await hardened(spec), spec));
  try {
    await startToEnd(container);
    const logs = await container.logs({ stdout: true, follow: false });
    return withoutHeaders(logs as unknown as Buffer);
  } finally {
    await container.remove({ force: true, v: true });
  }
}

const MOST_MILLIS = 60_000;
const POLL_MILLIS = 40;

/** Starts a container and waits for its end, for a minute at most. */
export async function startToEnd(container: Docker.Container): Promise<void> {
  await container.start();
  const late = performance.now() + MOST_MILLIS;
  for (;;) {
    const { State } = await container.inspect();
    if (!State.Running) return;
    if (performance.now() > late) await container.kill();
    await sleep(POLL_MILLIS);
  }
}

async function hardened({ machine, imageId, command, runtime }: WeakenedSpec): Promise<Config> {
  return containerConfig({
    ...{ name: "", instanceId: "abuse", imageId, command, env: machine.environment },
    ...{ itemIndex: undefined, itemFile: undefined, cores: undefined, hostCores: 1 },
    limits: { ...LIMITS, wallMillis: LIMITS.wallSeconds * 1000 },
    ...{ hostname: "deco", runtime, uid: 65534, gid: 65534, networkMode: "none", devices: [] },
    seccomp: await seccompProfile(undefined),
    ...{
      inputFolder: machine.inputFolder,
      outputVolume: "",
      checkpointVolume: undefined,
      scratchVolume: undefined,
      etcFolder: machine.folder,
    },
  });
}

function weaken(config: Config, spec: WeakenedSpec): Config {
  const { machine, weakening } = spec;
  const { name: _, Labels: __, ...rest } = config;
  const host = config.HostConfig ?? {};
  const mounts = (readOnly: boolean): Docker.MountSettings[] => [
    { Type: "bind", Source: machine.inputFolder, Target: "/in", ReadOnly: readOnly },
  ];
  const common = {
    ...host,
    Mounts: mounts(true),
    LogConfig: { Type: "json-file", Config: {} },
    Tmpfs: { ...host.Tmpfs, "/out": "rw,mode=1777" },
  };
  // Not `Privileged`, which a machine that lacks a capability itself cannot give.
  const privileged = {
    ...common,
    ...{ CapDrop: [], CapAdd: ownCapabilities(), ReadonlyRootfs: false },
    ...{ MaskedPaths: [], ReadonlyPaths: [], Devices: devices() },
    SecurityOpt: UNCONFINED,
    Mounts: mounts(false),
    Tmpfs: { "/tmp": "rw,dev,exec,suid,mode=1777", "/out": "rw,dev,mode=1777" },
  };
  const base = { ...rest, Labels: LABELS };
  switch (weakening) {
    case "privileged":
      return { ...base, User: "0:0", HostConfig: privileged };
    case "new-privileges":
      return {
        ...base,
        HostConfig: { ...common, CapDrop: [], SecurityOpt: UNCONFINED },
      };
    case "metadata":
      return shared(base, { ...common, NetworkMode: spec.metadata ?? "none" });
    case "host":
      return shared(
        { ...base, User: "0:0" },
        {
          ...privileged,
          ...{ NetworkMode: "host", PidMode: "host", IpcMode: "host" },
          Mounts: [...mounts(false), ...hostMounts(spec)],
        },
      );
    case "unlimited":
      return {
        ...base,
        HostConfig: {
          ...common,
          ...{ Memory: ENOUGH, MemorySwap: ENOUGH, PidsLimit: 4096, ShmSize: ENOUGH },
          Ulimits: [], // Those of the container engine itself.
          Tmpfs: { "/tmp": "rw,mode=1777", "/out": "rw,mode=1777" },
        },
      };
  }
}

/** A container in another's network has its host name and no filter on sockets. */
function shared(base: Config, host: NonNullable<Config["HostConfig"]>): Config {
  const { Hostname: _, NetworkDisabled: __, ...config } = base;
  return { ...config, HostConfig: { ...host, SecurityOpt: UNCONFINED } };
}

function hostMounts({ machine, runtime }: WeakenedSpec): Docker.MountSettings[] {
  const { secretFolder, environment } = machine;
  const engine = environment["ENGINE"] ?? "";
  return [
    { Type: "bind", Source: secretFolder, Target: secretFolder },
    // gVisor refuses to start with a socket of the machine.
    ...(runtime === "runsc" ? [] : [{ Type: "bind" as const, Source: engine, Target: engine }]),
  ];
}

/** By number, as far as every container engine knows them. */
const CAPABILITIES =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ".split(
    " ",
  );

/** What this process could give away; the container engine, often of the same machine, has no more. */
function ownCapabilities(): string[] {
  const status = readFileSync("/proc/self/status", "utf8");
  const bounds = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(status)?.[1] ?? "0"}`);
  return CAPABILITIES.filter((_, bit) => ((bounds >> BigInt(bit)) & 1n) === 1n);
}

/** The kernel's log and the disks. */
function devices(): Docker.DeviceMapping[] {
  const disks = readFileSync("/proc/partitions", "utf8").matchAll(/^ .* (\S+)$/gm);
  const paths = ["/dev/kmsg", ...[...disks].map(([, name]) => `/dev/${name}`)];
  return paths
    .filter((path) => existsSync(path))
    .map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: "rwm" }));
}

/** Logs of a container without a terminal come in frames of 8 bytes and content. */
function withoutHeaders(frames: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; ) {
    const size = frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return Buffer.concat(parts).toString();
}
