import { performance } from "node:perf_hooks";
import type { Container } from "dockerode";
import type { Measurements } from "../../engine.ts";
import type { OutputFolder } from "../holder/output-folders.ts";
import { sampleUsage, type Usage, usageFiles } from "./cgroup-sampler.ts";

/** Measures one run: time by the clock, CPU and memory by the kernel's counters. */
export interface Meter {
  /** Ends the measurement; later calls give the same figures. */
  stop(): Promise<Measurements>;
}

/** Begins to measure a container that is about to start. */
export async function measure(
  container: Container,
  holder: OutputFolder["holder"],
): Promise<Meter> {
  const files = await usageFiles(holder, container.id);
  const sampler = sampleUsage(files?.read ?? (() => reportedUsage(container)));
  const began = performance.now();
  let result: Promise<Measurements> | undefined;
  const end = async (): Promise<Measurements> => {
    const wallMillis = Math.round(performance.now() - began);
    return { wallMillis, ...(await sampler.stop()) };
  };
  return {
    stop() {
      result ??= end();
      return result;
    },
  };
}

/** The engine's own report, for engines whose counters this process cannot read. */
async function reportedUsage(container: Container): Promise<Usage | undefined> {
  try {
    const stats = await container.stats({ stream: false, "one-shot": true });
    return {
      cpuMillis: Math.round(stats.cpu_stats.cpu_usage.total_usage / 1e6),
      peakMemoryBytes: stats.memory_stats.max_usage ?? stats.memory_stats.usage ?? 0,
    };
  } catch {
    return undefined; // The container has not begun, or has ended.
  }
}
