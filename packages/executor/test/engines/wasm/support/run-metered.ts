import { createHash } from "node:crypto";
import { WASI_IMPORTS } from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { type MeterLimits, meterModule } from "../../../../src/engines/wasm/module/meter-module.ts";
import type { RunOutcome, RunRequest } from "../../../../src/engines/wasm/run/messages.ts";
import { runOnce } from "../../../../src/engines/wasm/run/run-once.ts";

export const LIMITS = { fuel: 10_000_000n, stackUnits: 20_000, memoryBytes: 2 ** 22 };

/** Meters a module and runs it on this thread, without files of the machine. */
export function runMetered(
  bytes: Uint8Array,
  limits: Partial<MeterLimits> = {},
  request: Partial<RunRequest> = {},
): RunOutcome {
  const all = { ...LIMITS, ...limits };
  const metered = meterModule(bytes, WASI_IMPORTS, all);
  return runOnce(
    new WebAssembly.Module(metered as BufferSource),
    {
      moduleDigest: createHash("sha256").update(bytes).digest(),
      args: ["program"],
      environment: {},
      input: { buffer: new SharedArrayBuffer(0), files: [] },
      limits: { ...all, outputBytes: 0, stdoutBytes: 65_536 },
    },
    { outputFolder: "/nowhere", ...request },
    () => undefined,
  );
}
