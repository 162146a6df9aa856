import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Daemon, NEVER, removeContainer, untilAborted } from "../daemon.ts";
import { daemonError } from "../errors.ts";
import { FORWARD_PATH } from "../holder/holder-image.ts";
import { labels } from "../labels.ts";
import { confinement, readOnlyBind } from "../sandbox/container-config.ts";
import type { EgressParts } from "./destinations.ts";
import { type EgressProxy, startEgressProxy } from "./egress-proxy.ts";
import { SOCKET_FOLDER, SOCKET_NAME } from "./forward-program.ts";

export interface GatewaySpec {
  /** Of the container; also of the folder that is made for its socket. */
  readonly name: string;
  readonly instanceId: string;
  readonly imageId: string;
  readonly uid: number;
  readonly gid: number;
  readonly hostname: string;
  /** Text of the seccomp profile that allows internet sockets. */
  readonly seccomp: string;
  /** Folder of this machine for the socket. */
  readonly folder: string;
  readonly allow: readonly string[];
  readonly maxBytes: number;
  readonly parts: EgressParts;
  readonly onSpent: () => void;
}

/** A run's way out: a network namespace with a loopback alone, in which a forwarder listens. */
export interface Gateway {
  /** For the program's container, which joins that namespace. */
  readonly networkMode: string;
  readonly bytesUsed: number;
  /** Ends every connection and removes the container. Idempotent. */
  remove(): Promise<void>;
}

/** Every connection is two processes, and there are 64. */
const FORWARDER_PIDS = 160;
const FORWARDER_MEMORY = 64 * 1024 * 1024;
const REACHED_MILLIS = 30_000;

/**
 * Starts the proxy of one run and the container whose loopback leads to it. The namespace has no
 * interface but its loopback and no route, so nothing else than the proxy can be reached, whatever
 * the program does; no bridge and no right over this machine's network is needed.
 */
export async function startGateway(
  daemon: Daemon,
  spec: GatewaySpec,
  signal: AbortSignal,
): Promise<Gateway> {
  const folder = join(spec.folder, spec.name);
  let proxy: EgressProxy | undefined;
  const remove = async () => {
    await proxy?.close();
    await removeContainer(daemon, spec.name);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await mkdir(folder);
    await chmod(folder, 0o755); // Whatever the process's umask is.
    proxy = await startEgressProxy({ ...spec, folder, socketName: SOCKET_NAME });
    const container = await daemon.call("creating a gateway", NEVER, () =>
      daemon.docker.createContainer(gatewayConfig(spec, folder)),
    );
    await daemon.call("starting a gateway", NEVER, () => container.start());
    const late = AbortSignal.timeout(REACHED_MILLIS);
    await untilAborted(proxy.reached, AbortSignal.any([signal, late]));
    return {
      networkMode: `container:${container.id}`,
      get bytesUsed() {
        return proxy?.used ?? 0;
      },
      remove,
    };
  } catch (error) {
    await remove().catch(() => undefined); // The first failure is the one to report.
    signal.throwIfAborted();
    if (!(error instanceof DOMException)) throw error;
    throw daemonError(
      "daemon-timeout",
      `Container engine: a gateway did not reach its proxy within ${REACHED_MILLIS} ms`,
      "Look at the container engine's log.",
      error,
    );
  }
}

function gatewayConfig(spec: GatewaySpec, folder: string) {
  return {
    name: spec.name,
    Image: spec.imageId,
    Entrypoint: [FORWARD_PATH],
    Cmd: [],
    User: `${spec.uid}:${spec.gid}`,
    Hostname: spec.hostname,
    Labels: labels(spec.instanceId, "gateway"),
    HostConfig: {
      ...confinement(spec.seccomp),
      Memory: FORWARDER_MEMORY,
      MemorySwap: FORWARDER_MEMORY,
      PidsLimit: FORWARDER_PIDS,
      Mounts: [readOnlyBind(folder, SOCKET_FOLDER)],
    },
  };
}
