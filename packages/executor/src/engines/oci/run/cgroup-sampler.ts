import { readFile } from "node:fs/promises";

export interface Usage {
  readonly cpuMillis: number;
  readonly peakMemoryBytes: number;
}

/** Where the kernel counts one container's usage. */
export interface UsageFiles {
  read(): Promise<Usage | undefined>;
}

/**
 * Finds a container's counters before it starts: beside those of another container of the same
 * engine, whose process is known. Undefined where this process cannot see them, as with an
 * engine inside a virtual machine.
 */
export async function usageFiles(
  sibling: { readonly pid: number; readonly containerId: string },
  containerId: string,
): Promise<UsageFiles | undefined> {
  const table = await readText(`/proc/${sibling.pid}/cgroup`);
  if (table === undefined || !table.includes(sibling.containerId)) return undefined;
  const lines = table.split("\n").map((line) => line.split(":"));
  const pathOf = (controller: string) =>
    lines
      .find(([, controllers]) => controllers?.split(",").includes(controller))?.[2]
      ?.replace(sibling.containerId, containerId);
  const cpu = pathOf("cpuacct");
  const memory = pathOf("memory");
  if (cpu !== undefined && memory !== undefined) return versionOne(cpu, memory);
  const unified = lines.find(([id]) => id === "0")?.[2]?.replace(sibling.containerId, containerId);
  return unified === undefined ? undefined : versionTwo(unified);
}

function versionOne(cpu: string, memory: string): UsageFiles {
  return {
    async read() {
      const [nanos, peak] = await Promise.all([
        readText(`/sys/fs/cgroup/cpuacct${cpu}/cpuacct.usage`),
        readText(`/sys/fs/cgroup/memory${memory}/memory.max_usage_in_bytes`),
      ]);
      return usage(Number(nanos) / 1e6, Number(peak));
    },
  };
}

function versionTwo(path: string): UsageFiles {
  const folder = `/sys/fs/cgroup${path}`;
  return {
    async read() {
      const [stat, peak] = await Promise.all([
        readText(`${folder}/cpu.stat`),
        // `memory.peak` came with Linux 5.19; before that the present use is the best there is.
        readText(`${folder}/memory.peak`).then(
          async (text) => text ?? (await readText(`${folder}/memory.current`)),
        ),
      ]);
      const micros = /^usage_usec (\d+)$/m.exec(stat ?? "")?.[1];
      return usage(Number(micros) / 1e3, Number(peak));
    },
  };
}

function usage(cpuMillis: number, peakMemoryBytes: number): Usage | undefined {
  if (!Number.isFinite(cpuMillis) || !Number.isFinite(peakMemoryBytes)) return undefined;
  return { cpuMillis: Math.round(cpuMillis), peakMemoryBytes };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined; // The container is not there yet, or no longer.
  }
}

const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 100;

/**
 * Reads the counters again and again until stopped, since the kernel drops them with the
 * container's last process. What the last pause hides (at most 100 ms) is not measured.
 */
export function sampleUsage(read: () => Promise<Usage | undefined>): {
  stop(): Promise<Usage>;
} {
  let last: Usage = { cpuMillis: 0, peakMemoryBytes: 0 };
  let wake: () => void = () => undefined;
  let stopped = false;
  const loop = (async () => {
    for (let pause = FIRST_PAUSE; !stopped; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const now = await read();
      if (now !== undefined) {
        last = {
          cpuMillis: Math.max(last.cpuMillis, now.cpuMillis),
          peakMemoryBytes: Math.max(last.peakMemoryBytes, now.peakMemoryBytes),
        };
      }
      if (stopped) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await loop;
      return last;
    },
  };
}
