import type { DeterministicFault } from "../../engine.ts";
import type { CheckpointSpec, KeptCheckpoint } from "../../kept-checkpoints.ts";
import type { RefusalCode } from "../module/refusal.ts";

/** Input files in one shared buffer, so that every worker of a task sees the same bytes. */
export interface PackedFiles {
  readonly buffer: SharedArrayBuffer;
  /** Paths relative to `/in`, with `/` between names. */
  readonly files: readonly {
    readonly path: string;
    readonly start: number;
    readonly length: number;
  }[];
}

/** All that a worker needs to know of the task; no secret of the daemon is among it. */
export interface WorkerTask {
  /** SHA-256 of the original module. */
  readonly moduleDigest: Uint8Array;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly input: PackedFiles;
  readonly limits: {
    readonly fuel: bigint;
    readonly stackUnits: number;
    readonly memoryBytes: number;
    readonly outputBytes: number;
    readonly stdoutBytes: number;
  };
  /** Largest checkpoint; absent: the program keeps none. */
  readonly checkpointBytes?: number;
}

/** One run of a guest. */
export interface RunRequest {
  readonly item?: { readonly index: number; readonly bytes: Uint8Array };
  readonly outputFolder: string;
  readonly checkpoint?: Pick<CheckpointSpec, "folder" | "everyMillis" | "resume">;
}

/** What a thread is asked; it keeps nothing from one request to the next. */
export type WorkerRequest =
  /** Check, rewrite and compile a module. */
  | { readonly kind: "compile"; readonly bytes: Uint8Array; readonly limits: WorkerTask["limits"] }
  | {
      readonly kind: "run";
      readonly task: WorkerTask;
      readonly module: WebAssembly.Module;
      readonly run: RunRequest;
    };

/** How a run ended that counts as a result. */
export interface RunOutcome {
  readonly exitCode: number;
  readonly fault?: DeterministicFault;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly outputBytes: number;
  readonly cpuMillis: number;
  readonly peakMemoryBytes: number;
  readonly fuelUsed: bigint;
}

/** What a thread tells while it runs a guest. */
export type CheckpointNews =
  | { readonly kind: "checkpoint"; readonly kept: KeptCheckpoint }
  | { readonly kind: "checkpoint-unkept"; readonly detail: string };

export type WorkerReply =
  /** Its code is loaded. */
  | { readonly kind: "started" }
  | { readonly kind: "compiled"; readonly module: WebAssembly.Module }
  | {
      readonly kind: "refused";
      readonly code: RefusalCode;
      readonly detail: string;
      readonly remedy: string;
    }
  | { readonly kind: "finished"; readonly outcome: RunOutcome }
  /** This machine, not the program, ended the run. */
  | { readonly kind: "host-failed"; readonly detail: string };
