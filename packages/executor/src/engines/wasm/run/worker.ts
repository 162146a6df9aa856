import { parentPort, workerData } from "node:worker_threads";
import { WASI_IMPORTS } from "../host/wasi-imports.ts";
import { meterModule } from "../module/meter-module.ts";
import { ModuleRefused } from "../module/refusal.ts";
import type { RunRequest, WorkerData, WorkerModule, WorkerReply, WorkerTask } from "./messages.ts";
import { runOnce } from "./run-once.ts";

/** Entry point of the thread in which guests run: one task, one run after the other. */
function main(): void {
  if (parentPort === null) return;
  const port = parentPort;
  const reply = (message: WorkerReply) => port.postMessage(message);
  const { task, module: source } = workerData as WorkerData;
  let module: WebAssembly.Module;
  try {
    module = compile(source, task);
  } catch (error) {
    reply(compileFailure(error));
    return;
  }
  port.on("message", (request: RunRequest) => {
    try {
      reply({ kind: "finished", outcome: runOnce(module, task, request) });
    } catch (error) {
      reply({ kind: "host-failed", detail: String(error) });
    }
  });
  reply({ kind: "ready", module });
}

function compile(source: WorkerModule, task: WorkerTask): WebAssembly.Module {
  if (source.kind === "compiled") return source.module;
  return new WebAssembly.Module(
    meterModule(source.bytes, WASI_IMPORTS, task.limits) as BufferSource,
  );
}

function compileFailure(error: unknown): WorkerReply {
  if (error instanceof ModuleRefused) {
    const { code, message, remedy } = error;
    return { kind: "refused", code, detail: message, remedy };
  }
  return { kind: "host-failed", detail: String(error) };
}

main();
