import { readFileSync } from "node:fs";

import type { DeterministicFault } from "../../engine.ts";
import { DescriptorTable } from "../host/descriptors.ts";
import { type CheckpointFolder, FileTree } from "../host/file-tree.ts";
import { FuelGauge } from "../host/fuel-gauge.ts";
import type { Guest } from "../host/guest.ts";
import { GuestMemory } from "../host/guest-memory.ts";
import { GuestStop } from "../host/guest-stop.ts";
import { BoundedSink, TailSink } from "../host/output-sinks.ts";
import { RandomStream } from "../host/random-stream.ts";
import { VirtualClock } from "../host/virtual-clock.ts";
import { wasiHost } from "../host/wasi-host.ts";
import { GROWTH, INJECTED_EXPORTS } from "../module/injected.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import { FAULT_EXIT_CODES } from "./fault-exit-codes.ts";
import { HostFailure } from "./host-failure.ts";
import type { CheckpointNews, RunOutcome, RunRequest, WorkerTask } from "./messages.ts";
import { writeOutputs } from "./write-outputs.ts";

type Ending = { readonly exitCode: number; readonly fault?: DeterministicFault };

interface InjectedGlobals {
  readonly fuel: FuelGauge;
  readonly stack: WebAssembly.Global<"i64">;
  readonly growth: WebAssembly.Global<"i32">;
}

/**
 * Instantiates the metered module and runs it to its end. On a fault, outputs and standard
 * output are dropped: the fault is the result.
 * @throws HostFailure when this machine, not the program, was the limit.
 */
export function runOnce(
  module: WebAssembly.Module,
  task: WorkerTask,
  request: RunRequest,
  tell: (news: CheckpointNews) => void,
): RunOutcome {
  const cpuBefore = process.threadCpuUsage();
  const stdout = new BoundedSink(task.limits.stdoutBytes);
  const stderr = new TailSink();
  const keeper = request.checkpoint && new CheckpointKeeper(request.checkpoint, tell);
  const files = fileTree(task, request, (content) => keeper?.finished(content, globals.fuel.used));
  const usedBefore = request.checkpoint?.resume?.fuelUsed ?? 0n;

  let guest: Guest | undefined;
  const instance = new WebAssembly.Instance(
    module,
    wasiHost(() => guest as Guest),
  );
  const { exports } = instance;
  const globals: InjectedGlobals = {
    fuel: new FuelGauge(exports[INJECTED_EXPORTS.fuel] as WebAssembly.Global<"i64">, usedBefore),
    stack: exports[INJECTED_EXPORTS.stack] as WebAssembly.Global<"i64">,
    growth: exports[INJECTED_EXPORTS.growth] as WebAssembly.Global<"i32">,
  };
  guest = {
    memory: new GuestMemory(exports.memory as WebAssembly.Memory),
    fuel: globals.fuel,
    clock: new VirtualClock(globals.fuel),
    random: new RandomStream(task.moduleDigest, request.item?.index),
    files,
    descriptors: descriptors(files, { stdout, stderr }, request.item !== undefined),
    args: task.args,
    environment: environment(task, request),
  };

  const ending = execute(exports, globals);
  const failed = ending.fault !== undefined;
  const cpu = process.threadCpuUsage(cpuBefore);
  return {
    ...ending,
    stdout: failed ? new Uint8Array() : stdout.content,
    stderr: stderr.content,
    outputBytes: failed ? 0 : writeOutputs(files.output, request.outputFolder),
    cpuMillis: Math.round((cpu.user + cpu.system) / 1_000),
    peakMemoryBytes: guest.memory.byteLength + files.writtenBytes,
    fuelUsed: globals.fuel.used - usedBefore,
  };
}

function fileTree(
  task: WorkerTask,
  request: RunRequest,
  onCurrent: (content: Uint8Array) => void,
): FileTree {
  const files = new FileTree(task.limits.outputBytes, checkpointFolder(task, request, onCurrent));
  for (const { path, start, length } of task.input.files) {
    files.addInput(files.input, path, new Uint8Array(task.input.buffer, start, length));
  }
  if (request.item) files.addInput(files.root, "item", request.item.bytes);
  return files;
}

function checkpointFolder(
  { checkpointBytes: maxBytes }: WorkerTask,
  { checkpoint }: RunRequest,
  onCurrent: (content: Uint8Array) => void,
): CheckpointFolder | undefined {
  if (maxBytes === undefined) return undefined;
  const { resume } = checkpoint ?? {};
  // Of its own, since the guest may change the file in place.
  const current = resume && new Uint8Array(readFileSync(resume.path));
  return { maxBytes, onCurrent, ...(current && { current }) };
}

function descriptors(
  files: FileTree,
  streams: { readonly stdout: BoundedSink; readonly stderr: TailSink },
  withRoot: boolean,
): DescriptorTable {
  return new DescriptorTable([
    { kind: "input" },
    { kind: "sink", write: (chunk) => streams.stdout.write(chunk) },
    { kind: "sink", write: (chunk) => streams.stderr.write(chunk) },
    { kind: "folder", node: files.input, preopened: "/in" },
    { kind: "folder", node: files.output, preopened: "/out" },
    ...(withRoot ? [{ kind: "folder", node: files.root, preopened: "/" } as const] : []),
    ...(files.checkpoint
      ? [{ kind: "folder", node: files.checkpoint, preopened: "/checkpoint" } as const]
      : []),
  ]);
}

function environment(task: WorkerTask, request: RunRequest): string[] {
  const variables = new Map(Object.entries(task.environment));
  if (request.item) variables.set("DECO_ITEM_INDEX", String(request.item.index));
  return [...variables]
    .map(([name, value]) => `${name}=${value}`)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function execute(exports: WebAssembly.Exports, globals: InjectedGlobals): Ending {
  try {
    for (const name of [INJECTED_EXPORTS.start, "_start"]) {
      const entry = exports[name];
      if (typeof entry === "function") entry();
    }
    return { exitCode: 0 };
  } catch (error) {
    return ending(error, globals);
  }
}

function ending(error: unknown, globals: InjectedGlobals): Ending {
  if (error instanceof GuestStop && error.code === "exit") return { exitCode: error.exitCode };
  if (globals.growth.value === GROWTH.hostFailed) {
    throw new HostFailure("memory", "the machine could not provide memory within the limit");
  }
  const fault = faultOf(error, globals);
  if (fault === undefined) throw new HostFailure("stack", String(error), error);
  return { exitCode: FAULT_EXIT_CODES[fault], fault };
}

/** Which limit ended the run; undefined when it was none that every machine meets alike. */
function faultOf(error: unknown, globals: InjectedGlobals): DeterministicFault | undefined {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof GuestStop)) return undefined;
  if (globals.fuel.exhausted) return "fuel";
  if (globals.stack.value < 0n) return "depth";
  return globals.growth.value === GROWTH.refused ? "memory" : "trap";
}
