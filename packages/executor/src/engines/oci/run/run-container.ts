import { setTimeout as sleep } from "node:timers/promises";
import type { Container, ContainerInspectInfo } from "dockerode";
import type { Execution, Measurements } from "../../engine.ts";
import type { CheckpointSpec } from "../../kept-checkpoints.ts";
import { type Daemon, NEVER, readable, removeContainer, statusOf } from "../daemon.ts";
import { daemonError, OciError } from "../errors.ts";
import type { OutputFolder } from "../holder/output-folders.ts";
import { containerConfig, type Sandbox } from "../sandbox/container-config.ts";
import { STDERR_BYTES } from "../sandbox/limits.ts";
import { collectFromHolder } from "./collect-from-holder.ts";
import { keepCheckpoints, showCheckpoint } from "./container-checkpoints.ts";
import { measure } from "./measure.ts";
import { captureStreams, type StreamCapture } from "./streams.ts";
import { type EndState, type Intervention, judge } from "./verdict.ts";

export interface ContainerRun {
  readonly sandbox: Sandbox;
  /** Where the program writes. */
  readonly output: OutputFolder;
  /** Folder of this machine that receives what it wrote. */
  readonly outputFolder: string;
  /** Aborted when the program has sent and received more than it may. */
  readonly networkSpent: AbortSignal;
  /** Where its checkpoints go and come from; absent: nowhere. */
  readonly checkpoint?: CheckpointSpec;
  readonly onStderr: ((bytes: Uint8Array) => void) | undefined;
  /** Told what could not be removed; the next start's sweep finds it. */
  readonly onLeftover: (error: unknown) => void;
}

const STDERR_TAIL = 64 * 1024;
/** After the end of a container its streams close within this time. */
const STREAM_GRACE_MILLIS = 10_000;
/** Beyond the wall limit: starting, killing and reporting an exit each take a while. */
const EXIT_GRACE_MILLIS = 120_000;
const EXIT_POLL_MILLIS = 5_000;

export interface EndedRun {
  readonly execution: Execution;
  /** Resolves when the container, which has exited, is gone or was told as left over. */
  readonly removed: Promise<void>;
}

/**
 * Runs one container from its creation to its end. Its removal takes a third as long as a short program and nothing waits
 * for it but the next run's folders, so it goes on beside; one that did not end by itself is gone when this rejects.
 * @throws OciError when the container engine fails or the program left what cannot be collected;
 * the signal's reason when aborted.
 */
export async function runContainer(
  daemon: Daemon,
  run: ContainerRun,
  signal: AbortSignal,
): Promise<EndedRun> {
  const { sandbox } = run;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const remove = () => removeContainer(daemon, sandbox.name).catch(run.onLeftover);
  try {
    const container = await daemon.call("creating a container", NEVER, () =>
      daemon.docker.createContainer(containerConfig(sandbox)),
    );
    const execution = await execute(daemon, container, run, until);
    return { execution, removed: remove() };
  } catch (error) {
    ended.abort();
    await remove();
    throw error;
  } finally {
    ended.abort();
  }
}

async function execute(
  daemon: Daemon,
  container: Container,
  run: ContainerRun,
  signal: AbortSignal,
): Promise<Execution> {
  const { limits } = run.sandbox;
  let intervention: Intervention | undefined;
  const intervene = (why: Intervention) => {
    if (intervention !== undefined) return;
    intervention = why;
    // One that ended by itself meanwhile cannot be killed; one that lives on is removed by force.
    daemon.call("killing a container", signal, () => container.kill()).catch(() => undefined);
  };

  const onSpent = () => intervene("network");
  run.networkSpent.addEventListener("abort", onSpent, { once: true });

  const [attached] = await Promise.all([
    attach(daemon, container, run, intervene, signal),
    expectOnlyOwnMounts(daemon, container, run.sandbox, signal),
  ]);
  // Asked for before the start, since a short program would end unseen.
  const exit = daemon.call(
    "waiting for a container",
    signal,
    (abortSignal) => container.wait({ condition: "next-exit", abortSignal }),
    limits.wallMillis + EXIT_GRACE_MILLIS,
  );
  exit.catch(() => undefined); // Awaited below, unless the start fails.
  const meter = await measure(container, run.output.holder);
  let wallTimer: NodeJS.Timeout | undefined;
  let stopKeeping: (() => Promise<void>) | undefined;
  try {
    const { checkpoint: spec } = run;
    const { checkpointBytes: maxBytes } = limits;
    if (spec?.resume) await showCheckpoint(daemon, container, spec.resume, signal);
    await start(daemon, container, signal);
    if (spec && maxBytes !== undefined) {
      stopKeeping = keepCheckpoints(daemon, run.output, { spec, maxBytes }, signal);
    }
    wallTimer = setTimeout(() => intervene("wall"), limits.wallMillis);
    const seen = await untilExited(daemon, container, exit, signal);
    clearTimeout(wallTimer);
    await stopKeeping?.();
    const measurements = await meter.stop();
    const streams = await closed(attached.streams);
    const end = seen ?? (await endState(daemon, container, signal));
    return await conclude(daemon, run, { end, intervention, streams, measurements }, signal);
  } finally {
    clearTimeout(wallTimer);
    await stopKeeping?.();
    await meter.stop();
  }
}

/**
 * The wait was sent before the start, on a connection of its own: nothing promises that the
 * engine read it first. So the state is asked for too, at once and then now and again.
 * @returns the state in which it was seen to have ended, if it was asked for
 */
async function untilExited(
  daemon: Daemon,
  container: Container,
  exit: Promise<unknown>,
  signal: AbortSignal,
): Promise<EndState | undefined> {
  for (;;) {
    const { State } = await inspect(daemon, container, signal);
    if (!State.Running) return endOf(State);
    const late = new AbortController();
    const pause = sleep(EXIT_POLL_MILLIS, "still running", { signal: late.signal });
    pause.catch(() => undefined); // Cut short when the container has ended.
    try {
      if ((await Promise.race([exit, pause])) !== "still running") return undefined;
    } finally {
      late.abort();
    }
  }
}

interface Ended {
  readonly end: EndState;
  readonly intervention: Intervention | undefined;
  readonly streams: StreamCapture;
  readonly measurements: Measurements;
}

async function conclude(
  daemon: Daemon,
  run: ContainerRun,
  { end, intervention, streams, measurements }: Ended,
  signal: AbortSignal,
): Promise<Execution> {
  const verdict = judge(end, intervention);
  if (verdict.kind === "abstained") return { ...verdict, measurements };
  let outputBytes: number;
  try {
    outputBytes = await collectFromHolder(daemon, run, signal);
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    return {
      kind: "abstained",
      reason: error.reason,
      detail: error.message,
      measurements,
    };
  }
  return {
    kind: "completed",
    exitCode: verdict.exitCode,
    ...streams,
    outputBytes,
    measurements,
  };
}

async function attach(
  daemon: Daemon,
  container: Container,
  run: ContainerRun,
  onExceeded: (stream: "stdout" | "stderr") => void,
  signal: AbortSignal,
): Promise<{ readonly streams: Promise<StreamCapture> }> {
  const stream = await daemon.call("attaching to a container", signal, () =>
    container.attach({ stream: true, stdout: true, stderr: true }),
  );
  const attached = readable(stream);
  signal.addEventListener("abort", () => attached.destroy(), { once: true });
  const bounds = {
    stdoutBytes: run.sandbox.limits.stdoutBytes,
    stderrBytes: STDERR_BYTES,
    stderrTail: STDERR_TAIL,
    onStderr: run.onStderr,
  };
  const capture = captureStreams(attached, bounds, onExceeded);
  capture.catch(() => undefined); // Awaited after the exit, unless something fails before.
  return { streams: capture };
}

/** Streams that are cut short would make a wrong result, so they are a failure. */
async function closed(capture: Promise<StreamCapture>): Promise<StreamCapture> {
  const late = new AbortController();
  try {
    const done = await Promise.race([
      capture,
      sleep(STREAM_GRACE_MILLIS, undefined, { signal: late.signal }),
    ]);
    if (done !== undefined) return done;
  } catch (error) {
    throw daemonError(
      "daemon-failed",
      "Container engine: a program's streams broke off",
      "Look at the container engine's log.",
      error,
    );
  } finally {
    late.abort();
  }
  throw daemonError(
    "daemon-timeout",
    "Container engine: a program's streams stayed open after its end",
    "Look at the container engine's log.",
  );
}

/** @throws OciError `command-not-startable` when the image holds no such program. */
async function start(daemon: Daemon, container: Container, signal: AbortSignal): Promise<void> {
  try {
    await daemon.call("starting a container", signal, () => container.start());
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    const { State } = await inspect(daemon, container, signal);
    if (State.ExitCode !== 126 && State.ExitCode !== 127) throw error;
    throw new OciError(
      "command-not-startable",
      `Program: its command cannot be started: ${State.Error}`,
      {
        reason: "program-invalid",
        remedy:
          "Name an executable of the image by its absolute path, for this machine's architecture.",
        cause: error,
      },
    );
  }
}

async function endState(
  daemon: Daemon,
  container: Container,
  signal: AbortSignal,
): Promise<EndState> {
  const { State } = await inspect(daemon, container, signal);
  return endOf(State);
}

function endOf({ ExitCode, OOMKilled }: ContainerInspectInfo["State"]): EndState {
  return { exitCode: ExitCode, oomKilled: OOMKilled };
}

/** An image may declare volumes of its own, which would be unbounded and writable. */
async function expectOnlyOwnMounts(
  daemon: Daemon,
  container: Container,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<void> {
  const { Mounts } = await inspect(daemon, container, signal);
  const expected = new Set(containerConfig(sandbox).HostConfig?.Mounts?.map((m) => m.Target));
  const foreign = Mounts.find((mount) => !expected.has(mount.Destination));
  if (foreign === undefined && Mounts.length === expected.size) return;
  throw new OciError("image-volumes", `Image: it mounts ${foreign?.Destination ?? "too little"}`, {
    reason: "image-invalid",
    remedy: "Build the image without VOLUME.",
  });
}

function inspect(daemon: Daemon, container: Container, signal: AbortSignal) {
  return daemon.call("inspecting a container", signal, () => container.inspect());
}
