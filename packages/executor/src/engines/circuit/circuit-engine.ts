import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  type CircuitFiles,
  circuitIdOf,
  commitmentsOf,
  KeyCache,
  type ProofLimits,
  ProofsError,
  parseVerificationKey,
  prove,
} from "@deco-network/proofs";

import type {
  AbstainReason,
  Engine,
  EngineProbe,
  Execution,
  PreparedProgram,
  PrepareSpec,
  RunSpec,
} from "../engine.ts";
import { CircuitError } from "./errors.ts";
import { readSignals, type Signals } from "./read-signals.ts";

export interface CircuitEngineOptions {
  /** Private signals of this provider, by circuit. */
  readonly witnessFolder?: string | undefined;
  readonly keyCacheBytes: number;
}

/** Makes zero-knowledge proofs with snarkjs, each in a worker of its own. */
export function createCircuitEngine(options: CircuitEngineOptions): Engine {
  const cache = new KeyCache(options.keyCacheBytes);
  return {
    name: "circuit",
    async probe(signal): Promise<EngineProbe> {
      signal.throwIfAborted();
      return { available: true, version: "1", details: { prover: "snarkjs" } };
    },
    prepare: (spec, signal) => prepare(spec, options, cache, signal),
  };
}

async function prepare(
  { program, artifactPath, inputFolder, statement }: PrepareSpec,
  { witnessFolder }: CircuitEngineOptions,
  cache: KeyCache,
  signal: AbortSignal,
): Promise<PreparedProgram> {
  if (program.engine !== "circuit" || artifactPath === undefined || statement === undefined) {
    throw new CircuitError("engine-mismatch", `a program for the engine ${program.engine}`, {
      reason: "program-invalid",
      remedy: "Give the program to the engine that it names.",
    });
  }
  const files = await loadFiles(artifactPath, statement.circuit, cache);
  const signals = await readSignals(inputFolder, witnessFolder, statement.circuit);
  const limits = {
    wallMillis: program.limits.wallSeconds * 1_000,
    memoryBytes: program.limits.memoryBytes,
  };
  // Before a lock is at stake: that these signals are a witness of the task's input.
  const { input } = await orReason(commitmentsOf(files, signals, limits, signal));
  if (input !== statement.input) {
    throw new CircuitError(
      "witness-unknown",
      "The signals are not those that the input commits to.",
      {
        reason: "input-unavailable",
        remedy:
          "Give the signals in the input's signals.json, or keep them in engines.circuit.witnessFolder.",
      },
    );
  }
  return {
    run: (spec, until) => run(files, signals, limits, spec, until),
    close: async () => undefined,
  };
}

async function loadFiles(folder: string, circuit: string, cache: KeyCache): Promise<CircuitFiles> {
  try {
    const key = parseVerificationKey(await readFile(join(folder, "verification-key.json")));
    if (circuitIdOf(key) !== circuit) {
      throw new CircuitError("circuit-mismatch", "The keys are of another circuit.", {
        reason: "program-invalid",
        remedy: "Name the circuit's id as policyData, as circuitIdOf computes it from its key.",
      });
    }
    const load = async (name: string) => {
      const bytes = await readFile(join(folder, name));
      const digest = createHash("sha256").update(bytes).digest("hex");
      return await cache.get(digest, async () => bytes);
    };
    const [witness, provingKey] = [await load("witness.wasm"), await load("proving.zkey")];
    return { system: key.system, witness, provingKey };
  } catch (cause) {
    if (cause instanceof CircuitError) throw cause;
    throw new CircuitError("keys-invalid", `The circuit's keys cannot be used: ${cause}`, {
      reason: "image-invalid",
      remedy: "Publish verification-key.json, proving.zkey and witness.wasm in one folder.",
      cause,
    });
  }
}

async function run(
  files: CircuitFiles,
  signals: Signals,
  limits: ProofLimits,
  { binding }: RunSpec,
  signal: AbortSignal,
): Promise<Execution> {
  if (binding === undefined) throw new TypeError("A proof is for a task and a provider.");
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const made = await orReason(prove(files, signals, binding, limits, signal));
  const used = process.cpuUsage(cpu);
  return {
    ...{ kind: "completed", exitCode: 0, outputBytes: 0 },
    ...{ stdout: new Uint8Array(), stderr: new Uint8Array() },
    proven: { ...made, system: files.system },
    measurements: {
      wallMillis: Math.round(performance.now() - started),
      // Of the whole process while it proved: workers share its clock.
      cpuMillis: Math.round((used.user + used.system) / 1_000),
      peakMemoryBytes: limits.memoryBytes,
    },
  };
}

/** Gives errors of proving the reason that they are on the chain. */
async function orReason<T>(proving: Promise<T>): Promise<T> {
  try {
    return await proving;
  } catch (cause) {
    if (!(cause instanceof ProofsError)) throw cause;
    throw new CircuitError("witness-unknown", cause.message, {
      reason: REASONS[cause.code] ?? "other",
      remedy: cause.remedy,
      cause,
    });
  }
}

const REASONS: Partial<Record<ProofsError["code"], AbstainReason>> = {
  "witness-refused": "input-unavailable",
  "limit-exceeded": "limit-exceeded",
  "proving-failed": "program-invalid",
};
