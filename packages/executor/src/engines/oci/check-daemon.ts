import type { Daemon } from "./daemon.ts";
import { daemonError } from "./errors.ts";
import type { Architecture } from "./holder/static-executable.ts";
import type { ResolvedOptions } from "./options.ts";

/** What runs need to know of the container engine. */
export interface DaemonFacts {
  readonly version: string;
  readonly architecture: Architecture;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly details: Readonly<Record<string, string>>;
}

/**
 * Asks the engine whether it can confine programs at all.
 * @throws OciError `daemon-unreachable`, `daemon-unsuitable`.
 */
export async function checkDaemon(
  daemon: Daemon,
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<DaemonFacts> {
  const info = await daemon.call("reading its facts", signal, () => daemon.docker.info());
  const version = await daemon.call("reading its version", signal, () => daemon.docker.version());
  expect(info.OSType === "linux", "it runs no Linux containers", "Use a Linux container engine.");
  expect(
    options.runtime in (info.Runtimes ?? {}),
    `it has no runtime "${options.runtime}"`,
    `Add "${options.runtime}" to the engine's runtimes, or choose another.`,
  );
  expect(
    securityOptions(info.SecurityOptions).includes("seccomp"),
    "it was built without seccomp",
    "Use a kernel and an engine with seccomp.",
  );
  for (const limit of ["MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota"]) {
    expect(
      info[limit] !== false,
      `its cgroups have no ${limit}`,
      "Enable the cgroup controllers cpu, memory and pids.",
    );
  }
  const driver = JSON.stringify(info.DriverStatus ?? []);
  expect(
    !driver.includes("io.containerd.snapshotter"),
    "its image store names images by other digests than their config's",
    'Set "features": {"containerd-snapshotter": false} in the engine\'s configuration.',
  );
  return {
    version: version.Version,
    architecture: architecture(version.Arch),
    cores: info.NCPU,
    memoryBytes: info.MemTotal,
    details: {
      runtime: options.runtime,
      cgroup: `v${info.CgroupVersion ?? "1"} ${info.CgroupDriver}`,
      storage: info.Driver,
      kernel: info.KernelVersion,
      architecture: version.Arch,
      userNamespace: userNamespace(securityOptions(info.SecurityOptions)),
      network: options.network,
      accelerators: options.accelerators
        .map(({ name, devices }) => `${name} x${devices.length}`)
        .join(", "),
    },
  };
}

function securityOptions(options: readonly string[] | undefined): string[] {
  return (options ?? []).map((option) => /^name=([^,]+)/.exec(option)?.[1] ?? option);
}

/** Whether root in a container is somebody else outside; programs are never root in either case. */
function userNamespace(options: readonly string[]): string {
  if (options.includes("rootless")) return "rootless";
  return options.includes("userns") ? "remapped" : "none";
}

function architecture(name: string): Architecture {
  expect(
    name === "amd64" || name === "arm64",
    `it runs on ${name}`,
    "Use an amd64 or arm64 machine.",
  );
  return name as Architecture;
}

function expect(holds: boolean, detail: string, remedy: string): void {
  if (!holds) throw daemonError("daemon-unsuitable", `Container engine: ${detail}`, remedy);
}
