import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, isDebianRoot } from "../lib/debian.ts";
import { answers } from "./answers.ts";
import { type Dockerd, startDockerd } from "./dockerd.ts";
import { findDockerd, installDockerIo } from "./install.ts";

export type DockerEngine = {
  /** Address of the engine, for example unix:///var/run/docker.sock. */
  host: string;
  /** Ends the engine if it was started here, with all its containers, and removes its folder. Safe to call twice. */
  stop(): Promise<void>;
};

/** Why there is no engine, and what a person can do about it. */
export type NoDockerEngine = { unavailable: string; remedy: string };

export type EnsureDockerEngineOptions = {
  /** Whether Debian's docker.io may be installed when dockerd is missing. */
  install: boolean;
  /** Told of each step that changes the machine or takes time. */
  log: (message: string) => void;
  signal?: AbortSignal;
};

/** dockerd's sockets lie below the folder and must stay under the 107 bytes of a Unix socket's path. */
const maxFolderLength = 60;

/**
 * Finds a Docker engine or starts one: the one of DOCKER_HOST or /var/run/docker.sock if it
 * answers; else, as root on Debian, a private one in a folder of its own, which touches neither the
 * network nor the containers of the machine.
 */
export async function ensureDockerEngine(
  options: EnsureDockerEngineOptions,
): Promise<DockerEngine | NoDockerEngine> {
  const { log, signal } = options;
  const running = await runningEngine();
  if (running !== undefined) return { host: running, stop: async () => {} };

  const remedy = "Start Docker, or set DOCKER_HOST to the Unix socket of an engine.";
  if (!(await isDebianRoot())) {
    return {
      unavailable: "no Docker engine answers, and a private one needs root on Debian",
      remedy,
    };
  }
  if ((await findDockerd()) === undefined) {
    if (!options.install) {
      return {
        unavailable:
          "no Docker engine answers, dockerd is not installed, and installing is not allowed",
        remedy: "Run: apt-get install docker.io",
      };
    }
    log("Installing Debian's docker.io with apt-get, for container tests.");
    const failure = await installDockerIo(signal);
    if (failure !== undefined) return { unavailable: failure, remedy };
    const started = await runningEngine();
    if (started !== undefined) return { host: started, stop: async () => {} };
  }
  const dockerd = await findDockerd();
  if (dockerd === undefined) return { unavailable: "docker.io brought no dockerd", remedy };
  return startPrivate(dockerd, log, signal);
}

async function runningEngine(): Promise<string | undefined> {
  const configured = process.env.DOCKER_HOST;
  const host = configured ?? "unix:///var/run/docker.sock";
  return (await answers(host)) ? host : undefined;
}

/** Other runtimes, where the machine has them. Without `--oci-seccomp`, runsc would ignore the profile. */
async function daemonConfig() {
  const [crun, runsc] = await Promise.all([findProgram("crun"), findProgram("runsc")]);
  const runscArgs = ["--platform=ptrace", "--network=none", "--oci-seccomp"];
  return {
    runtimes: {
      ...(crun && { crun: { path: crun } }),
      ...(runsc && { runsc: { path: runsc, runtimeArgs: runscArgs } }),
    },
  };
}

async function startPrivate(
  program: string,
  log: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<DockerEngine | NoDockerEngine> {
  const folder = await mkdtemp(join(tmpdir(), "deco-docker-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  if (folder.length > maxFolderLength) {
    await remove();
    return {
      unavailable: `the temporary folder's path is too long for a socket: ${folder}`,
      remedy: "Set TMPDIR to a shorter path.",
    };
  }
  let dockerd: Dockerd;
  try {
    // Of its own, so that the machine's /etc/docker/daemon.json does not apply.
    await writeFile(join(folder, "daemon.json"), `${JSON.stringify(await daemonConfig())}\n`);
    dockerd = await startDockerd({ program, folder, ...(signal && { signal }) });
  } catch (error) {
    await remove();
    signal?.throwIfAborted();
    return {
      unavailable: `a private dockerd did not start: ${error instanceof Error ? error.message : error}`,
      remedy: "The kernel must allow containers here (cgroups, namespaces, overlay mounts).",
    };
  }
  log(`Started a private dockerd at ${dockerd.host}.`);
  let stopping: Promise<void> | undefined;
  return {
    host: dockerd.host,
    stop() {
      stopping ??= dockerd.stop().then(remove);
      return stopping;
    },
  };
}
