import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProofReader } from "@deco-network/audit";
import { digits } from "@deco-network/examples";
import { refuteProof } from "@deco-network/proofs";
import { decodeDocument, resultSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hex } from "viem";

import { type AskedJob, settleJob } from "../job/settle-job.ts";
import { type DemoNetwork, startNetwork } from "../network/start-network.ts";
import type { DemoOptions } from "../options.ts";
import type { Progress } from "../progress.ts";
import { auditSettlement } from "../settled/audit-settlement.ts";
import { gasOf, type SpentGas } from "../settled/gas-of.ts";
import { type DigitCircuit, digitCircuit, digitDraft, keepModel } from "./digit-job.ts";
import { digitRequest } from "./digit-request.ts";

/** The last line of `--json`. */
export interface DigitReport {
  readonly status: "settled";
  readonly policy: "zk";
  readonly taskId: Hex;
  /** What the network sees, as its owner proved. */
  readonly digit: number;
  /** Digest of the result document. */
  readonly result: Hex;
  readonly circuit: Hex;
  /** Commitment of the model that was asked. */
  readonly model: string;
  readonly transactions: readonly SpentGas[];
  readonly payments: readonly { readonly provider: number; readonly amount: string }[];
  /** The proof is verified again, by the circuit's key and without the chain. */
  readonly audit: { readonly checks: number; readonly sound: boolean };
  /** Milliseconds. */
  readonly timings: Readonly<Record<string, number>>;
}

const ALONE = { honest: 1, dishonest: 0, replicas: 1, thresholdBps: 6_000 } as const;

/**
 * Has a digit read by a neural network whose owner proves the answer, on a network of its own.
 * @param kept called with the running network before it is stopped, when it is to be kept
 * @throws DemoError, DigitError, and what the packages throw; nothing is left running
 */
export async function runDigit(
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
  kept: (network: DemoNetwork, report: DigitReport) => Promise<void>,
): Promise<DigitReport> {
  // Before anything starts: an image that cannot be read costs nothing.
  const image = await digits.loadImage(options.input);
  const circuit = await digitCircuit();
  const folder = await mkdtemp(join(tmpdir(), "deco-"));
  try {
    const witnessFolder = join(folder, "model");
    const model = await keepModel(witnessFolder, circuit.id);
    const network = await startNetwork("wasm", ALONE, folder, progress, signal, {
      circuit: (policy) => ({ policies: [policy], witnessFolder }),
    });
    try {
      const report = await read(network, { image, model, circuit }, folder, progress, signal);
      if (options.keep) await kept(network, report);
      return report;
    } finally {
      await network.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What is asked, and of whom. */
interface Question {
  readonly image: digits.DigitImage;
  readonly model: bigint;
  readonly circuit: DigitCircuit;
}

async function read(
  network: DemoNetwork,
  { image, model, circuit }: Question,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<DigitReport> {
  const { deployment, zkPolicy: policy } = network;
  if (policy === undefined) throw new TypeError("The chain serves no circuits.");
  const job: AskedJob = {
    draft: digitDraft(model, image),
    published: "the circuit's keys and the image are on IPFS, the weights are not",
    request: (requester, published, now) => {
      const on = { policy, circuit: circuit.id };
      return digitRequest(deployment, requester, published, on, now);
    },
  };
  return settleJob(network, folder, job, progress, signal, async (settled) => {
    const { storage, taskId, end, stages, posted } = settled;
    const document = await storage.getDocument(end.digest, { signal });
    const { commitment } = decodeDocument(resultSchema, document);
    progress.step("fetched", `the result names the class ${Number(commitment)}`);
    const proofs = readerOf(storage, network, circuit, signal);
    const audit = await auditSettlement(network, storage, taskId, signal, proofs);
    progress.step("audited", `${audit.checks.length} checks recomputed, the proof verified again`);
    const ends = stages.filter((stage) => stage.stage === "seat-ended");
    return {
      ...{ status: "settled", policy: "zk", taskId, digit: Number(commitment) },
      ...{ result: end.result, circuit: circuit.id, model: String(model) },
      transactions: [posted, ...(await gasOf(network.rpcUrl, stages, posted.hash))],
      payments: ends.map(({ provider, paid }) => ({ provider, amount: String(paid) })),
      audit: { checks: audit.checks.length, sound: audit.sound },
      timings: progress.timings(),
    };
  });
}

/** Judges the proof by the key that the requester chose, not by what the chain says. */
function readerOf(
  storage: Storage,
  { deployment }: DemoNetwork,
  { verificationKey }: DigitCircuit,
  signal: AbortSignal,
): ProofReader {
  return {
    refute: async ({ taskId, request, provider, result, proof }) => {
      const input = await storage.getDocument(request.input, { signal });
      const { chainId, market } = deployment;
      const binding = { taskId, provider, chainId, market };
      const shown = { verificationKey, input, result, proof, circuit: request.policyData };
      return await refuteProof({ ...shown, binding }, signal);
    },
  };
}
