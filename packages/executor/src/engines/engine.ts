import type { BindingParameters, MadeProof, ProofSystem } from "@deco-network/proofs";
import type { ProgramDocument } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { GivenDevices } from "../capacity/resources.ts";
import type { CheckpointSpec } from "./kept-checkpoints.ts";

/**
 * Why a seat cannot produce a result, as counted on-chain by reason code.
 * The order is the on-chain code, starting at 1 (`AbstainReason` in the contracts).
 */
export const ABSTAIN_REASONS = [
  "input-unavailable",
  "image-invalid",
  "limit-exceeded",
  "killed",
  "engine-unavailable",
  "program-invalid",
  "other",
] as const;
export type AbstainReason = (typeof ABSTAIN_REASONS)[number];

/** Faults that every honest machine meets at the same instruction, hence part of the result. */
export type DeterministicFault = "fuel" | "memory" | "depth" | "trap";

/** What an engine can do on this machine, found by trying it once at start. */
export type EngineProbe =
  | { readonly available: true; readonly version: string; readonly details: Record<string, string> }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

export interface PrepareSpec {
  readonly program: ProgramDocument;
  /** Path of the verified module (wasm), image archive (oci) or folder of keys (circuit); absent for a registry image. */
  readonly artifactPath?: string;
  /** Folder with the input's files, already verified against its CID; read-only to the program. */
  readonly inputFolder?: string;
  /** For circuits: which one decides the task, and what the task's input commits to. */
  readonly statement?: ProofStatement;
  /** Scratch folder of this task, removed by the caller after `close`. */
  readonly workFolder: string;
}

/** What a task wants proven. */
export interface ProofStatement {
  /** Id under which the task's policy knows the circuit. */
  readonly circuit: Hash;
  /** Commitment of the input. */
  readonly input: bigint;
}

export interface RunSpec {
  /** For circuits: task and provider that the proof is for. */
  readonly binding?: BindingParameters;
  /** The bag item to run, absent when the task is not a bag. */
  readonly item?: { readonly index: number; readonly bytes: Uint8Array };
  /** Empty folder that receives the program's outputs (regular files and folders only). */
  readonly outputFolder: string;
  /**
   * Called with standard error as it comes, where the engine can; one that cannot calls it never. It
   * must not throw. At most the engine's bound of bytes is told.
   */
  readonly onStderr?: (bytes: Uint8Array) => void;
  /** Devices that this run has for itself, where its program asks for some. */
  readonly devices?: readonly GivenDevices[];
  /** Absent: checkpoints that the program writes are not kept. */
  readonly checkpoint?: CheckpointSpec;
}

/** Measurements for the receipt; never part of the result, since machines differ. */
export interface Measurements {
  readonly wallMillis: number;
  readonly cpuMillis: number;
  readonly peakMemoryBytes: number;
  readonly fuelUsed?: bigint;
}

export type Execution =
  | {
      readonly kind: "completed";
      readonly exitCode: number;
      readonly fault?: DeterministicFault;
      readonly stdout: Uint8Array;
      /** Bounded tail for the operator's log; never part of the result. */
      readonly stderr: Uint8Array;
      readonly outputBytes: number;
      /** Of circuits: all that they give. */
      readonly proven?: MadeProof & { readonly system: ProofSystem };
      readonly measurements: Measurements;
    }
  | {
      readonly kind: "abstained";
      readonly reason: AbstainReason;
      readonly detail: string;
      readonly measurements: Measurements;
    };

/** A program made ready once, then run for one input or for each item of a bag. */
export interface PreparedProgram {
  run(spec: RunSpec, signal: AbortSignal): Promise<Execution>;
  /** Frees workers, containers and images. Idempotent. */
  close(): Promise<void>;
}

/**
 * Runs programs in a sandbox. Engines know nothing of chains, tasks or storage; later engines
 * (`circuit`, `riscv`, clusters) implement this same interface.
 */
export interface Engine {
  readonly name: "wasm" | "oci" | "circuit" | "riscv";
  probe(signal: AbortSignal): Promise<EngineProbe>;
  /**
   * Validates the artefact before a seat is claimed.
   * @throws EngineError with an {@link AbstainReason} when the program can never run here.
   */
  prepare(spec: PrepareSpec, signal: AbortSignal): Promise<PreparedProgram>;
  /** Removes what it only keeps for later programs, where it keeps anything on the disk. */
  trim?(): Promise<void>;
}
