import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { OciProgram, SandboxLimits } from "@deco-network/sdk/capacity";
import type { Execution, PreparedProgram, RunSpec } from "../engine.ts";
import { removeVolume } from "./daemon.ts";
import { type Gateway, startGateway } from "./egress/gateway.ts";
import type { EngineParts } from "./engine-parts.ts";
import { OciError } from "./errors.ts";
import { type OutputFolder, OutputFolders } from "./holder/output-folders.ts";
import type { HeldImage } from "./image/image-store.ts";
import { runContainer } from "./run/run-container.ts";
import type { Sandbox } from "./sandbox/container-config.ts";
import { type HostFiles, writeReadable } from "./sandbox/host-files.ts";
import { makeScratchVolume } from "./sandbox/scratch-volume.ts";
import { withInternetSockets } from "./sandbox/seccomp-profile.ts";

export interface PreparedParts {
  readonly program: OciProgram;
  readonly limits: SandboxLimits;
  readonly hostFiles: HostFiles;
  /** Host folder shown as `/in`. */
  readonly inputFolder: string;
  readonly image: HeldImage;
}

/** Runs of one program whose containers may be on their way out at a time. */
const MOST_TIDYING = 4;

/** A program whose image is loaded; each run gets a container and an `/out` of its own. */
export class PreparedContainer implements PreparedProgram {
  readonly #engine: EngineParts;
  readonly #parts: PreparedParts;
  readonly #folders: OutputFolders;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #tidying = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(engine: EngineParts, parts: PreparedParts) {
    this.#engine = engine;
    this.#parts = parts;
    const { daemon, options, seccomp, holderImageId: imageId } = engine;
    const { instanceId, uid, gid, onLeftover } = options;
    const spec = { instanceId, imageId, limits: parts.limits, uid, gid, seccomp };
    this.#folders = new OutputFolders(daemon, spec, onLeftover);
    this.#folders.begin();
  }

  async run(spec: RunSpec, signal: AbortSignal): Promise<Execution> {
    const until = AbortSignal.any([signal, this.#closing.signal]);
    until.throwIfAborted();
    const run = this.#run(spec, until);
    this.#running.add(run);
    try {
      return await run;
    } catch (error) {
      until.throwIfAborted();
      if (!(error instanceof OciError)) throw error;
      const measurements = { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 };
      return {
        kind: "abstained",
        reason: error.reason,
        detail: error.message,
        measurements,
      };
    } finally {
      this.#running.delete(run);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(
      new OciError("program-closed", "Program: it was closed", {
        reason: "other",
        remedy: "Prepare it again.",
      }),
    );
    await Promise.allSettled(this.#running);
    await Promise.all(this.#tidying);
    await this.#folders.close();
    await this.#parts.image.release();
    await this.#parts.hostFiles.remove();
  }

  async #run(
    { item, outputFolder, onStderr, checkpoint, devices: given }: RunSpec,
    signal: AbortSignal,
  ): Promise<Execution> {
    const { daemon, options, accelerators } = this.#engine;
    const { program, limits } = this.#parts;
    const { instanceId, runtime, onLeftover } = options;
    const name = `deco-${instanceId}-${randomBytes(8).toString("hex")}`;
    const itemFile = item && join(this.#parts.hostFiles.itemsFolder, name);
    const spent = new AbortController();
    let output: OutputFolder | undefined;
    let gateway: Gateway | undefined;
    let scratchVolume: string | undefined;
    const tidy = async () => {
      if (scratchVolume) await removeVolume(daemon, scratchVolume).catch(onLeftover);
      await gateway?.remove().catch(onLeftover);
      output?.release();
      if (itemFile) await rm(itemFile, { force: true });
    };
    // Many short runs must not leave their containers behind faster than they go.
    while (this.#tidying.size >= MOST_TIDYING) await Promise.race(this.#tidying);
    try {
      const devices = accelerators.requestsFor(program.accelerators ?? [], given);
      if (item && itemFile) await writeReadable(itemFile, item.bytes);
      output = await this.#folders.take(item !== undefined, signal);
      gateway = await this.#gateway(name, spent, signal);
      scratchVolume = await makeScratchVolume(daemon, runtime, instanceId, name, limits);
      const sandbox = {
        ...this.#sandbox(name, output, item?.index, itemFile),
        ...(gateway && this.#joined(gateway)),
        scratchVolume,
        devices,
      };
      const networkSpent = spent.signal;
      const told = { onStderr, onLeftover, ...(checkpoint && { checkpoint }) };
      const run = { sandbox, output, outputFolder, networkSpent, ...told };
      const { execution, removed } = await runContainer(daemon, run, signal);
      this.#beside(removed.then(tidy));
      return execution;
    } catch (error) {
      await tidy();
      throw error;
    }
  }

  /** What is left to do after a run; its result does not wait for it. */
  #beside(tidying: Promise<void>): void {
    const tracked = tidying
      .catch(this.#engine.options.onLeftover)
      .finally(() => this.#tidying.delete(tracked));
    this.#tidying.add(tracked);
  }

  async #gateway(
    name: string,
    spent: AbortController,
    signal: AbortSignal,
  ): Promise<Gateway | undefined> {
    const { daemon, options, seccomp, holderImageId: imageId } = this.#engine;
    const { program, hostFiles } = this.#parts;
    if (program.network === "none") return undefined;
    const { instanceId, uid, gid, hostname, egress: parts } = options;
    const spec = {
      ...{ name: `${name}-gateway`, instanceId, imageId, uid, gid, hostname, parts },
      seccomp: withInternetSockets(seccomp),
      folder: hostFiles.base,
      allow: program.network.allow,
      maxBytes: program.network.bytes,
      onSpent: () => spent.abort(),
    };
    return await startGateway(daemon, spec, signal);
  }

  #joined({ networkMode }: Gateway): Pick<Sandbox, "networkMode" | "seccomp"> {
    return { networkMode, seccomp: withInternetSockets(this.#engine.seccomp) };
  }

  #sandbox(
    name: string,
    output: OutputFolder,
    itemIndex: number | undefined,
    itemFile: string | undefined,
  ): Sandbox {
    const { options, facts, seccomp } = this.#engine;
    const { program, limits, image, inputFolder, hostFiles } = this.#parts;
    return {
      name,
      instanceId: options.instanceId,
      imageId: image.id,
      command: program.command,
      env: program.env,
      itemIndex,
      limits,
      hostname: options.hostname,
      cores: options.cores,
      runtime: options.runtime,
      uid: options.uid,
      gid: options.gid,
      seccomp,
      hostCores: facts.cores,
      inputFolder,
      itemFile,
      outputVolume: output.volume,
      checkpointVolume: output.checkpointVolume,
      scratchVolume: undefined,
      networkMode: "none",
      devices: [],
      etcFolder: hostFiles.etcFolder,
    };
  }
}
