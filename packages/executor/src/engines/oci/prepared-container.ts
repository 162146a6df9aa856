import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Execution, PreparedProgram, RunSpec } from "../engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import { OciError } from "./errors.ts";
import { holdOutput, type OutputHolder } from "./holder/holder.ts";
import type { HeldImage } from "./image/image-store.ts";
import { runContainer } from "./run/run-container.ts";
import type { Sandbox } from "./sandbox/container-config.ts";
import { type HostFiles, writeReadable } from "./sandbox/host-files.ts";
import type { OciProgram, SandboxLimits } from "./sandbox/limits.ts";

export interface PreparedParts {
  readonly program: OciProgram;
  readonly limits: SandboxLimits;
  readonly hostFiles: HostFiles;
  /** Host folder shown as `/in`. */
  readonly inputFolder: string;
  readonly image: HeldImage;
}

/** A program whose image is loaded; each run gets a container and an `/out` of its own. */
export class PreparedContainer implements PreparedProgram {
  readonly #engine: EngineParts;
  readonly #parts: PreparedParts;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(engine: EngineParts, parts: PreparedParts) {
    this.#engine = engine;
    this.#parts = parts;
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
    await this.#parts.image.release();
    await this.#parts.hostFiles.remove();
  }

  async #run(spec: RunSpec, signal: AbortSignal): Promise<Execution> {
    const { daemon, options, seccomp, holderImageId } = this.#engine;
    const { instanceId, uid, gid, onLeftover } = options;
    const { limits, hostFiles } = this.#parts;
    const name = `deco-${instanceId}-${randomBytes(8).toString("hex")}`;
    const itemFile = spec.item && join(hostFiles.itemsFolder, name);
    let holder: OutputHolder | undefined;
    try {
      if (spec.item && itemFile) await writeReadable(itemFile, spec.item.bytes);
      const held = {
        name,
        instanceId,
        imageId: holderImageId,
        limits,
        uid,
        gid,
        seccomp,
      };
      holder = await holdOutput(daemon, held, signal);
      const sandbox = this.#sandbox(name, holder.volume, spec.item?.index, itemFile);
      const { outputFolder } = spec;
      return await runContainer(daemon, { sandbox, holder, outputFolder, onLeftover }, signal);
    } finally {
      await holder?.release().catch(onLeftover);
      if (itemFile) await rm(itemFile, { force: true });
    }
  }

  #sandbox(
    name: string,
    outputVolume: string,
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
      outputVolume,
      etcFolder: hostFiles.etcFolder,
    };
  }
}
