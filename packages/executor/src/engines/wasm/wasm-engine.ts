import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { ProgramDocument } from "@deco-network/sdk";
import { Slots } from "../../runtime/slots.ts";
import type { Engine, EngineProbe, PreparedProgram, PrepareSpec } from "../engine.ts";
import { WasmError } from "./errors.ts";
import { MODULE_BOUNDS } from "./module/module-bounds.ts";
import { PreparedModule } from "./prepared-module.ts";
import { threadStackMib } from "./run/guest-thread.ts";
import type { WorkerTask } from "./run/messages.ts";
import { packInput } from "./run/pack-input.ts";
import { ThreadPool } from "./run/thread-pool.ts";

/** Stack units of a program that names no `stackDepth`; about 10,000 frames of usual functions. */
export const DEFAULT_STACK_UNITS = 262_144;
/** More could overflow the 64 bits in which fuel is counted. */
const MAX_FUEL = 2n ** 62n;
/** Checking and compiling takes some 0.3 s a megabyte; this allows for a busy machine. */
const PREPARE_MILLIS = 180_000;

export interface WasmEngineOptions {
  /** Total size of a task's input files, which are held in memory; default 1 GiB. */
  readonly maxInputBytes?: number;
  /** Outputs and standard output that a program may ask for, held in memory; default 1 GiB. */
  readonly maxOutputBytes?: number;
}

const GIB = 2 ** 30;

/** Compiling keeps a core busy: more at once only take memory. Runs do not wait for it. */
const compiling = new Slots(availableParallelism());

/** The smallest module there is; compiling it shows that WebAssembly is allowed here. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/**
 * The embedded engine: WebAssembly with WASI preview 1, metered so that the same program and
 * input give the same result on every machine. See docs/WASM.md.
 */
export function createWasmEngine(options: WasmEngineOptions = {}): Engine {
  const bounds = {
    maxInputBytes: options.maxInputBytes ?? GIB,
    maxOutputBytes: options.maxOutputBytes ?? GIB,
  };
  const threads = new ThreadPool();
  return {
    name: "wasm",
    async probe(signal): Promise<EngineProbe> {
      signal.throwIfAborted();
      if (!WebAssembly.validate(EMPTY_MODULE)) {
        return {
          available: false,
          reason: "this Node.js does not run WebAssembly",
          remedy: "Start Node.js without --jitless.",
        };
      }
      return { available: true, version: process.versions.v8, details: { runtime: "V8" } };
    },
    prepare: (spec, signal) => prepare(spec, bounds, threads, signal),
  };
}

async function prepare(
  spec: PrepareSpec,
  bounds: Required<WasmEngineOptions>,
  threads: ThreadPool,
  signal: AbortSignal,
): Promise<PreparedProgram> {
  const { program } = spec;
  if (program.engine !== "wasm") {
    throw new WasmError("engine-mismatch", `a program for the engine ${program.engine}`, {
      reason: "program-invalid",
      remedy: "Give the program to the engine that it names.",
    });
  }
  const checkpointBytes = program.checkpoint?.bytes;
  const limits = workerLimits(program, bounds.maxOutputBytes);
  const bytes = await readModuleFile(spec.artifactPath, signal);
  const task: WorkerTask = {
    moduleDigest: createHash("sha256").update(bytes).digest(),
    args: program.command,
    environment: program.env,
    input: await packInput(spec.inputFolder, bounds.maxInputBytes, signal),
    limits,
    ...(checkpointBytes !== undefined && { checkpointBytes }),
  };
  const stackMib = threadStackMib(limits.stackUnits);
  const module = await compiled(threads, { bytes, limits, stackMib }, signal);
  const wallMillis = program.limits.wallSeconds * 1_000;
  return new PreparedModule({ task, module, threads, stackMib, wallMillis });
}

/** Checks and compiles a module in a thread, since that takes seconds for large ones. */
async function compiled(
  threads: ThreadPool,
  source: { bytes: Uint8Array; limits: WorkerTask["limits"]; stackMib: number },
  signal: AbortSignal,
): Promise<WebAssembly.Module> {
  const { stackMib, ...request } = source;
  try {
    return await compiling.use(() => compileIn(threads, stackMib, request, signal), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function compileIn(
  threads: ThreadPool,
  stackMib: number,
  request: { bytes: Uint8Array; limits: WorkerTask["limits"] },
  signal: AbortSignal,
): Promise<WebAssembly.Module> {
  const thread = await threads.take(stackMib, signal);
  if (thread === undefined) throw threadFailed("it did not start");
  thread.request({ kind: "compile", ...request });
  const event = await thread.wait(PREPARE_MILLIS, signal);
  if (event.kind === "timeout") {
    throw new WasmError("prepare-timeout", "the module takes too long to check and compile", {
      reason: "limit-exceeded",
      remedy: "Make the module smaller and split huge functions.",
    });
  }
  if (event.kind === "reply" && event.reply.kind === "compiled") {
    threads.give(thread);
    return event.reply.module;
  }
  if (event.kind === "reply" && event.reply.kind === "refused") {
    threads.give(thread);
    const { code, detail, remedy } = event.reply;
    throw new WasmError(`module-${code}`, detail, { reason: "program-invalid", remedy });
  }
  await thread.terminate();
  throw threadFailed(event.kind === "crashed" ? event.detail : JSON.stringify(event.reply));
}

function threadFailed(detail: string): WasmError {
  return new WasmError("thread-failed", `could not prepare the module: ${detail}`, {
    reason: "engine-unavailable",
    remedy: "Look into the executor's memory; the module itself was not refused.",
  });
}

async function readModuleFile(
  path: string | undefined,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (path === undefined) {
    throw new WasmError("artifact-missing", "no module file was given", {
      reason: "image-invalid",
      remedy: "Fetch the program's module before preparing it.",
    });
  }
  try {
    const { size } = await stat(path);
    if (size > MODULE_BOUNDS.moduleBytes) {
      throw new WasmError("module-too-large", `a module of ${size} bytes`, {
        reason: "program-invalid",
        remedy: `Keep the module below ${MODULE_BOUNDS.moduleBytes} bytes.`,
      });
    }
    return new Uint8Array(await readFile(path, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WasmError) throw error;
    throw new WasmError("artifact-unreadable", `cannot read the module at ${path}`, {
      reason: "image-invalid",
      remedy: "Fetch the program's module again.",
      cause: error,
    });
  }
}

/**
 * The limits as the guest meets them. They come from the program alone, since what a guest is
 * refused is part of its result; a machine that cannot offer them does not run the program.
 */
function workerLimits(
  program: Extract<ProgramDocument, { engine: "wasm" }>,
  maxOutputBytes: number,
): WorkerTask["limits"] {
  const { limits } = program;
  const fuel = BigInt(limits.fuel);
  if (fuel <= 0n || fuel > MAX_FUEL) {
    throw new WasmError("fuel-out-of-range", `${fuel} units of fuel`, {
      reason: "program-invalid",
      remedy: "Choose fuel between 1 and 2^62.",
    });
  }
  const { memoryBytes, outputBytes, stdoutBytes } = limits;
  const written = outputBytes + stdoutBytes + 2 * (program.checkpoint?.bytes ?? 0);
  if (written > maxOutputBytes) {
    throw new WasmError("output-limit", `${written} bytes of outputs and checkpoints`, {
      reason: "limit-exceeded",
      remedy: `Lower outputBytes, stdoutBytes and twice checkpoint.bytes to ${maxOutputBytes} in all.`,
    });
  }
  const stackUnits = limits.stackDepth ?? DEFAULT_STACK_UNITS;
  return { fuel, stackUnits, memoryBytes, outputBytes, stdoutBytes };
}
