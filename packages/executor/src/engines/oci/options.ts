import { type EgressParts, machineParts } from "./egress/destinations.ts";
import { OciError } from "./errors.ts";
import type { AcceleratorOffer } from "./sandbox/accelerators.ts";

export type OciRuntime = "runc" | "crun" | "runsc";

/** A login at a registry. The container engine is told of it for a pull and keeps nothing. */
export interface RegistryLogin {
  /** As in image references: `host` or `host:port`. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** An image was in the container engine already (hit), was fetched (miss), or went to make room. */
export interface ImageEvent {
  readonly type: "hit" | "miss" | "evicted";
  readonly bytes: number;
}

export interface OciEngineOptions {
  /**
   * Names what this provider creates in the container engine, so that it finds the leftovers of
   * its own crashed process and nothing else. Must be stable across restarts and unique among
   * the providers of one container engine; 1 to 32 of `a-z0-9`.
   */
  readonly instanceId: string;
  /** `unix:///path`; the engine shares folders with containers, so it must be on this machine. */
  readonly host?: string;
  readonly runtime?: OciRuntime;
  /** Numeric owner of the sandboxed process; never 0. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The host name that programs see; the same on every provider, unless runs are to be compared. */
  readonly hostname?: string;
  /** Number of this machine's cores that programs see; all by default. */
  readonly cores?: number;
  /**
   * Whether programs may have a way out to the places that they list, through a proxy of this
   * process; by default those that ask for one are refused.
   */
  readonly network?: "none" | "allow-list";
  /** How that proxy resolves and dials; the machine's own ways by default. */
  readonly egress?: EgressParts;
  readonly accelerators?: readonly AcceleratorOffer[];
  readonly registries?: readonly RegistryLogin[];
  /** Path of a seccomp profile in Docker's JSON format, instead of the shipped one. */
  readonly seccompProfile?: string;
  /** Largest image archive, and largest registry download, in bytes. */
  readonly maxImageBytes?: number;
  /** Largest root file system that an image may unpack to, in bytes. */
  readonly maxUnpackedBytes?: number;
  /** Size of images that stay in the container engine when no program needs them; default 0: none. */
  readonly keepImageBytes?: number;
  /** Told of each image that a program was made ready with, and of each that was removed to keep within that. */
  readonly onImage?: (event: ImageEvent) => void;
  /** How long one answer of the container engine may take before it counts as hung. */
  readonly callTimeoutMillis?: number;
  /** Told of each thing that could not be removed; the sweep of the next start finds it. */
  readonly onLeftover?: (error: unknown) => void;
}

export interface ResolvedOptions {
  readonly instanceId: string;
  readonly socketPath: string;
  readonly runtime: OciRuntime;
  readonly uid: number;
  readonly gid: number;
  readonly hostname: string;
  readonly cores: number | undefined;
  readonly network: "none" | "allow-list";
  readonly egress: EgressParts;
  readonly accelerators: readonly AcceleratorOffer[];
  readonly registries: readonly RegistryLogin[];
  readonly seccompProfile: string | undefined;
  readonly maxImageBytes: number;
  readonly maxUnpackedBytes: number;
  readonly keepImageBytes: number;
  readonly onImage: (event: ImageEvent) => void;
  readonly callTimeoutMillis: number;
  readonly onLeftover: (error: unknown) => void;
}

const GIB = 1024 ** 3;
/** The user that Linux calls nobody: it owns nothing on any machine. */
const NOBODY = 65534;

/** @throws OciError `options-invalid`, naming the option. */
export function resolveOptions(options: OciEngineOptions): ResolvedOptions {
  const host = options.host ?? "unix:///var/run/docker.sock";
  const { uid, gid } = options.user ?? { uid: NOBODY, gid: NOBODY };
  const resolved = {
    instanceId: options.instanceId,
    socketPath: host.startsWith("unix://") ? host.slice("unix://".length) : "",
    runtime: options.runtime ?? "runc",
    uid,
    gid,
    hostname: options.hostname ?? "deco",
    cores: options.cores,
    network: options.network ?? "none",
    egress: options.egress ?? machineParts,
    accelerators: options.accelerators ?? [],
    registries: options.registries ?? [],
    seccompProfile: options.seccompProfile,
    maxImageBytes: options.maxImageBytes ?? 2 * GIB,
    maxUnpackedBytes: options.maxUnpackedBytes ?? 8 * GIB,
    keepImageBytes: options.keepImageBytes ?? 0,
    onImage: options.onImage ?? (() => undefined),
    callTimeoutMillis: options.callTimeoutMillis ?? 30_000,
    onLeftover: options.onLeftover ?? (() => undefined),
  };
  expectUsable(
    /^[a-z0-9]{1,32}$/.test(resolved.instanceId),
    "instanceId",
    "1 to 32 of a-z and 0-9",
  );
  expectUsable(resolved.socketPath.startsWith("/"), "host", "unix:///absolute/path");
  expectUsable(isId(uid) && isId(gid), "user", "numeric ids from 1 to 2147483647");
  const { hostname, cores } = resolved;
  expectUsable(/^[a-z0-9][a-z0-9-]{0,62}$/.test(hostname), "hostname", "1 to 63 of a-z, 0-9 and -");
  expectUsable(cores === undefined || isId(cores), "cores", "a positive integer");
  // gVisor gives each container a loopback of its own, so none can lead to a proxy.
  expectUsable(
    resolved.network === "none" || resolved.runtime !== "runsc",
    "network",
    '"none" with the runtime runsc',
  );
  const devices = resolved.accelerators.flatMap(({ driver, devices: ids }) =>
    ids.map((id) => `${driver} ${id}`),
  );
  expectUsable(new Set(devices).size === devices.length, "accelerators", "devices listed once");
  for (const name of ["maxImageBytes", "maxUnpackedBytes", "callTimeoutMillis"] as const) {
    expectUsable(
      Number.isSafeInteger(resolved[name]) && resolved[name] > 0,
      name,
      "a positive integer",
    );
  }
  return resolved;
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id > 0 && id <= 0x7fffffff;
}

function expectUsable(holds: boolean, option: string, expected: string): void {
  if (holds) return;
  throw new OciError("options-invalid", `Container engine: option "${option}" is not usable`, {
    reason: "engine-unavailable",
    remedy: `Set "${option}" to ${expected}.`,
  });
}
