import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProofReader } from "@deco-network/audit";
import { digits } from "@deco-network/examples";
import { refuteProof } from "@deco-network/proofs";
import {
  awaitTask,
  connectProviders,
  type Market,
  publishJob,
  submitTask,
  TaskRecords,
  type TaskStage,
} from "@deco-network/requester";
import { decodeDocument, resultSchema } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { createWalletClient, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { DemoError } from "../errors.ts";
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
  const account = privateKeyToAccount(network.requester.privateKey);
  const transport = http(network.rpcUrl);
  const client = createWalletClient({ chain: foundry, transport, account, pollingInterval: 200 });
  const { deployment, zkPolicy: policy } = network;
  if (policy === undefined) throw new TypeError("The chain serves no circuits.");
  const market: Market = { client, deployment };
  const storage = await openStorage({ folder: join(folder, "requester") });
  try {
    const connections = await connectProviders(market, storage, { signal });
    try {
      const job = await publishJob(storage, digitDraft(model, image), { signal });
      progress.step(
        "published",
        "the circuit's keys and the image are on IPFS, the weights are not",
      );
      const now = await network.blockTime();
      const on = { policy, circuit: circuit.id };
      const request = digitRequest(deployment, account.address, job, on, now);
      const records = new TaskRecords(join(folder, "tasks"));
      const posted = await submitTask(market, { request, records, signal });
      const { taskId } = posted;
      progress.step("posted", `task ${taskId}`);
      const stages: TaskStage[] = [];
      const onStage = (stage: TaskStage) => {
        stages.push(stage);
        progress.stage(stage);
      };
      const end = await awaitTask(market, taskId, { signal, onStage });
      if (end.stage === "ended") {
        throw new DemoError(
          "task-failed",
          `The task ended without a result: ${end.reason}.`,
          "Read the executor's log with --keep; on a busy machine try again.",
        );
      }
      const document = await storage.getDocument(end.digest, { signal });
      const { commitment } = decodeDocument(resultSchema, document);
      progress.step("fetched", `the result names the class ${Number(commitment)}`);
      const proofs = readerOf(storage, network, circuit, signal);
      const audit = await auditSettlement(network, storage, taskId, signal, proofs);
      progress.step(
        "audited",
        `${audit.checks.length} checks recomputed, the proof verified again`,
      );
      const ends = stages.filter((stage) => stage.stage === "seat-ended");
      const spent = { step: "post", hash: posted.transaction, gas: Number(posted.gasUsed) };
      return {
        ...{ status: "settled", policy: "zk", taskId, digit: Number(commitment) },
        ...{ result: end.result, circuit: circuit.id, model: String(model) },
        transactions: [spent, ...(await gasOf(network.rpcUrl, stages, posted.transaction))],
        payments: ends.map(({ provider, paid }) => ({ provider, amount: String(paid) })),
        audit: { checks: audit.checks.length, sound: audit.sound },
        timings: progress.timings(),
      };
    } finally {
      await connections.close();
    }
  } finally {
    await storage.close();
  }
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
