import { containers } from "../../../packages/executor/test/bench/containers.ts";
import { daemon } from "./daemon.ts";
import { idle } from "./idle.ts";
import { settlement } from "./settlement.ts";
import { throughput } from "./throughput.ts";
import { wasm } from "./wasm.ts";

/** What an executor costs and how fast it is, by name. */
export const executorBenchmarks = {
  wasm,
  containers,
  settlement,
  throughput,
  daemon,
  idle,
} as const;
