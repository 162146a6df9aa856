import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { hashBytes } from "@deco-network/storage";

import type { PreparedProgram } from "../engines/engine.ts";
import { createWasmEngine } from "../engines/wasm/index.ts";
import { ExecutorError } from "../errors.ts";
import { KERNEL_MEMORY_BYTES, KERNELS, type Kernel, kernelModule } from "./kernels.ts";

/** Units of fuel in a second, for each kernel. */
export type FuelRates = Readonly<Record<Kernel, number>>;

export interface WasmSpeed {
  /** One program alone on the machine. */
  readonly alone: FuelRates;
  /** Each of as many programs as run at the same time. */
  readonly together: FuelRates;
}

/** How long each measurement takes about, in milliseconds. */
const TRIAL_MILLIS = 150;
const TRIAL_FUEL = 20_000_000n;
const WALL_SECONDS = 120;

/**
 * Runs each kernel in the sandbox that tasks run in, alone and on all slots.
 * @param millis what each of the measurements should take
 */
export async function measureWasm(
  folder: string,
  slots: number,
  millis: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<WasmSpeed> {
  const alone: Partial<Record<Kernel, number>> = {};
  const together: Partial<Record<Kernel, number>> = {};
  for (const kernel of KERNELS) {
    const bench = new KernelBench(folder, kernel);
    say(`WebAssembly, ${kernel}: one program`);
    let fuel = TRIAL_FUEL;
    // A machine of unknown speed: longer until it took long enough to extrapolate from.
    let took = await bench.run(fuel, 1, signal);
    while (took < TRIAL_MILLIS) {
      fuel *= 4n;
      took = await bench.run(fuel, 1, signal);
    }
    fuel = BigInt(Math.round((Number(fuel) * millis) / took));
    alone[kernel] = perSecond(fuel, await bench.run(fuel, 1, signal));
    if (slots === 1) {
      together[kernel] = alone[kernel];
      continue;
    }
    say(`WebAssembly, ${kernel}: ${slots} programs at once`);
    together[kernel] = perSecond(fuel, await bench.run(fuel, slots, signal));
  }
  return { alone: alone as FuelRates, together: together as FuelRates };
}

/** The speed of a program that spends the same fuel on each kernel: the harmonic mean. */
export function mixedRate(rates: FuelRates): number {
  const seconds = KERNELS.reduce((sum, kernel) => sum + 1 / rates[kernel], 0);
  return Math.max(1, Math.floor(KERNELS.length / seconds));
}

function perSecond(fuel: bigint, millis: number): number {
  return Math.floor((Number(fuel) * 1_000) / millis);
}

class KernelBench {
  readonly #folder: string;
  readonly #kernel: Kernel;
  readonly #engine = createWasmEngine();

  constructor(folder: string, kernel: Kernel) {
    this.#folder = join(folder, kernel);
    this.#kernel = kernel;
  }

  /** @returns milliseconds that the slowest of `count` programs took that use up `fuel` each */
  async run(fuel: bigint, count: number, signal: AbortSignal): Promise<number> {
    const prepared = await this.#prepare(fuel, signal);
    try {
      const runs = Array.from({ length: count }, (_, index) =>
        this.#runOnce(prepared, index, signal),
      );
      return Math.max(...(await Promise.all(runs)));
    } finally {
      await prepared.close();
    }
  }

  async #prepare(fuel: bigint, signal: AbortSignal): Promise<PreparedProgram> {
    const bytes = kernelModule(this.#kernel);
    const artifactPath = join(this.#folder, "module.wasm");
    await mkdir(this.#folder, { recursive: true });
    await writeFile(artifactPath, bytes);
    return await this.#engine.prepare(
      {
        program: {
          ...{ deco: "program/1", engine: "wasm", command: [], env: {}, network: "none" },
          module: (await hashBytes(bytes)).cid,
          stdout: false,
          limits: {
            ...{ memoryBytes: KERNEL_MEMORY_BYTES, outputBytes: 0, stdoutBytes: 0 },
            ...{ wallSeconds: WALL_SECONDS, fuel: String(fuel) },
          },
        },
        artifactPath,
        workFolder: this.#folder,
      },
      signal,
    );
  }

  async #runOnce(prepared: PreparedProgram, index: number, signal: AbortSignal): Promise<number> {
    const outputFolder = join(this.#folder, `out-${index}`);
    await mkdir(outputFolder, { recursive: true });
    const execution = await prepared.run({ outputFolder }, signal);
    // Running out of fuel is how a kernel ends; everything else measured something else.
    if (execution.kind === "completed" && execution.fault === "fuel") {
      return Math.max(1, execution.measurements.wallMillis);
    }
    const why = execution.kind === "abstained" ? execution.detail : `exit ${execution.exitCode}`;
    throw new ExecutorError("engine-unavailable", `The kernel ${this.#kernel} ended: ${why}.`, {
      remedy: "Close what else keeps the machine busy, and calibrate again.",
    });
  }
}
