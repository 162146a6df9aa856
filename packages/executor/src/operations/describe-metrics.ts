import type { Resources } from "../capacity/resources.ts";
import { Metrics } from "./metrics.ts";

/** A metric as Prometheus sees it. */
export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const NOTHING: Resources = {
  ...{ slots: 0, cpuMillis: 0, memoryBytes: 0, diskBytes: 0, accelerators: [] },
};

/** Every metric of the executor, without one running. The process's own, as their library makes them, included. */
export function describeMetrics(): MetricDescription[] {
  const metrics = new Metrics(() => "");
  metrics.show({
    provider: 0,
    ready: () => false,
    intakeClosed: () => [],
    head: () => undefined,
    chainSilentMillis: () => 0,
    assignments: () => ({}),
    oldestSentBlocks: () => 0,
    transactions: () => ({ queued: 0, sent: 0 }),
    ...{ free: () => NOTHING, machine: NOTHING, tasks: 0, waiting: () => 0 },
    ...{ backlogSeconds: () => 0, cacheBytes: () => 0 },
    occupied: () => 0,
    conditions: () => ({ engines: {} }),
  });
  return metrics.registry.getMetricsAsArray().map((metric) => {
    // The library's declared types leave out what every metric has.
    const { name, help, type, labelNames } = metric as unknown as {
      readonly name: string;
      readonly help: string;
      readonly type?: string;
      readonly labelNames?: readonly string[];
    };
    return { name, help, type: type ?? kindOf(metric), labels: labelNames ?? [] };
  });
}

function kindOf(metric: object): string {
  return metric.constructor.name.toLowerCase();
}
