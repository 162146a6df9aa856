import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

import {
  type ContainerChoice,
  type ContainerStart,
  measureContainer,
} from "./measure-container.ts";
import { type ContentSpeed, measureContent } from "./measure-disk.ts";
import { measureWasm, mixedRate, type WasmSpeed } from "./measure-wasm.ts";

export interface CalibrateOptions {
  /** The executor's data folder: its disk is measured. A folder in it is made and removed. */
  readonly dataFolder: string;
  /** Programs that run at the same time. */
  readonly slots: number;
  /** Absent: containers are not measured. */
  readonly container?: ContainerChoice;
  /** About what each of the measurements takes, in milliseconds; default 800, some 15 s in all. */
  readonly millis?: number;
  /** Told what is being measured. */
  readonly onProgress?: (line: string) => void;
}

/** How fast a machine is, as far as prices and deadlines depend on it. */
export interface MachineSpeed {
  readonly slots: number;
  readonly wasm: WasmSpeed;
  /** Units of fuel in a second that one program gets while all slots are busy: what prices count with. */
  readonly fuelPerSecond: number;
  readonly container: ContainerStart;
  readonly content: ContentSpeed;
}

const DEFAULT_MILLIS = 800;
const CONTENT_MILLIS = 700;

/**
 * Measures this machine with the engines that tasks run in. What else runs here meanwhile makes the figures smaller.
 * @throws ExecutorError `engine-unavailable`; the signal's reason
 */
export async function calibrate(
  options: CalibrateOptions,
  signal: AbortSignal,
): Promise<MachineSpeed> {
  const { dataFolder, slots, container, millis = DEFAULT_MILLIS } = options;
  const say = options.onProgress ?? (() => undefined);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(dataFolder, "calibrate-"));
  try {
    const wasm = await measureWasm(join(folder, "wasm"), slots, millis, say, signal);
    const started: ContainerStart = container
      ? await measureContainer(join(folder, "container"), container, say, signal)
      : { unavailable: "no container engine is configured" };
    const contentMillis = Math.min(millis, CONTENT_MILLIS);
    const content = await measureContent(join(folder, "content"), contentMillis, say, signal);
    return { slots, wasm, fuelPerSecond: mixedRate(wasm.together), container: started, content };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
