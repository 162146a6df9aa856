import { Readable } from "node:stream";
import Docker from "dockerode";
import { daemonError, describe, OciError } from "./errors.ts";
import type { ResolvedOptions } from "./options.ts";

/** The container engine's API, with a bound on how long each answer may take. */
export interface Daemon {
  readonly docker: Docker;
  /**
   * Runs one API call under `signal` and a time limit (default: the option `callTimeoutMillis`).
   * @throws OciError `daemon-unreachable`, `daemon-timeout`, `daemon-failed`; the signal's reason
   * when it was aborted.
   */
  call<T>(
    what: string,
    signal: AbortSignal,
    request: (abortSignal: AbortSignal) => Promise<T>,
    timeoutMillis?: number,
  ): Promise<T>;
}

export function connect(options: ResolvedOptions): Daemon {
  // `host` is set although it is undefined: dockerode would take DOCKER_HOST's in its place.
  const target = {
    socketPath: options.socketPath,
    host: undefined,
    protocol: "http" as const,
  };
  const docker = new Docker(target);
  return {
    docker,
    async call(what, signal, request, timeoutMillis = options.callTimeoutMillis) {
      signal.throwIfAborted();
      const deadline = AbortSignal.timeout(timeoutMillis);
      const either = AbortSignal.any([signal, deadline]);
      try {
        return await untilAborted(request(either), either);
      } catch (error) {
        signal.throwIfAborted();
        if (deadline.aborted) {
          throw daemonError(
            "daemon-timeout",
            `Container engine: ${what} gave no answer within ${timeoutMillis} ms`,
            "Look at the container engine's log; choose another runtime if this one hangs.",
          );
        }
        throw translate(what, error);
      }
    },
  };
}

/** Ends a wait with the signal, since not every call of the client reacts to one itself. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function translate(what: string, error: unknown): OciError {
  if (error instanceof OciError) return error;
  if (statusOf(error) === undefined) {
    return daemonError(
      "daemon-unreachable",
      `Container engine: ${what} failed: ${describe(error)}`,
      "Start the container engine and let this user reach its socket.",
      error,
    );
  }
  return daemonError(
    "daemon-failed",
    `Container engine: ${what} failed: ${describe(error)}`,
    "Look at the container engine's log.",
    error,
  );
}

/** The HTTP status with which the container engine refused, if it answered at all. */
export function statusOf(error: unknown): number | undefined {
  const source = error instanceof OciError ? error.cause : error;
  if (typeof source !== "object" || source === null || !("statusCode" in source)) return undefined;
  return typeof source.statusCode === "number" ? source.statusCode : undefined;
}

/**
 * Removes a container, running or not; one that does not exist is no failure. Not bound to a
 * task's signal: what a run made must go even when the run was aborted.
 */
export async function removeContainer(daemon: Daemon, name: string): Promise<void> {
  const container = daemon.docker.getContainer(name);
  try {
    await daemon.call("removing a container", NEVER, () =>
      container.remove({ force: true, v: true }),
    );
  } catch (error) {
    if (statusOf(error) === 404) return;
    if (statusOf(error) !== 409) throw error;
    // Somebody else removes it: it is gone when that is done.
    await ignoring(
      [404],
      daemon.call("waiting for a container's removal", NEVER, (abortSignal) =>
        container.wait({ condition: "removed", abortSignal }),
      ),
    );
  }
}

/** Removes a volume; one that does not exist is no failure. */
export async function removeVolume(daemon: Daemon, name: string): Promise<void> {
  const volume = daemon.docker.getVolume(name);
  await ignoring(
    [404],
    daemon.call("removing a volume", NEVER, () => volume.remove({ force: true })),
  );
}

/** Takes a name from an image; the image goes when no other name and no container needs it. */
export async function removeImage(daemon: Daemon, name: string): Promise<void> {
  const image = daemon.docker.getImage(name);
  await ignoring(
    [404, 409],
    daemon.call("removing an image", NEVER, () => image.remove()),
  );
}

/** For calls whose effect must be known, such as making and removing: only time ends them. */
export const NEVER = new AbortController().signal;

async function ignoring(statuses: readonly number[], removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  }
}

/** The client's streams by their real type, which can be destroyed. */
export function readable(stream: NodeJS.ReadableStream): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream);
}
