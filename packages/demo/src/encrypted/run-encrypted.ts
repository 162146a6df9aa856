import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { encrypted } from "@deco-network/examples";
import { fetchResult, type JobDraft, OUTPUT_FOLDER } from "@deco-network/requester";
import type { Hex } from "viem";

import { castFor } from "../cast.ts";
import { DemoError } from "../errors.ts";
import { buildRequest } from "../job/build-request.ts";
import { type SettledJob, settleJob } from "../job/settle-job.ts";
import { type DemoNetwork, startNetwork } from "../network/start-network.ts";
import type { DemoOptions } from "../options.ts";
import type { Progress } from "../progress.ts";
import { auditSettlement } from "../settled/audit-settlement.ts";
import { gasOf, type SpentGas } from "../settled/gas-of.ts";

/** The last line of `--json`. */
export interface EncryptedReport {
  readonly status: "settled";
  readonly taskId: Hex;
  /** Digest of the result document, of ciphertexts. */
  readonly result: Hex;
  /** File with the decrypted answer. */
  readonly output: string;
  /** What was decrypted equals what is computed in the open. */
  readonly matches: true;
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly mean: number;
    readonly variance: number;
  }[];
  /** Bytes that the providers were given: keys and ciphertexts. */
  readonly sealedBytes: number;
  /** Bytes that they gave back. */
  readonly answerBytes: number;
  readonly transactions: readonly SpentGas[];
  readonly payments: readonly { readonly provider: number; readonly amount: string }[];
  readonly slashes: readonly { readonly provider: number; readonly amount: string }[];
  readonly audit: { readonly checks: number; readonly sound: boolean };
  /** Milliseconds. */
  readonly timings: Readonly<Record<string, number>>;
}

/** A table, and what is asked about it. Names and secret stay with the requester. */
interface Question {
  readonly table: encrypted.Table;
  readonly model: encrypted.Model;
  readonly sealed: encrypted.SealedTable;
}

/**
 * Has statistics and a linear model computed over a table that providers cannot read, on a network of its own.
 * @param kept called with the running network before it is stopped, when it is to be kept
 * @throws DemoError, EncryptedError, and what the packages throw; nothing is left running
 */
export async function runEncrypted(
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
  kept: (network: DemoNetwork, report: EncryptedReport) => Promise<void>,
): Promise<EncryptedReport> {
  // Before anything starts: a table that cannot be encrypted costs nothing.
  const table = await encrypted.loadTable(options.input);
  const model = await encrypted.loadModel(encrypted.defaultModel, table);
  encrypted.checkRange(table, model);
  const question = { table, model, sealed: await encrypted.sealTable(table) };
  progress.step("encrypted", `${table.rows} rows of ${table.names.length} columns are encrypted`);
  const cast = castFor(options.dishonest);
  const folder = await mkdtemp(join(tmpdir(), "deco-"));
  try {
    const network = await startNetwork("wasm", cast, folder, progress, signal);
    try {
      const { deployment } = network;
      const job = {
        draft: await draftOf(question),
        published: "the program, the keys to compute with and the ciphertexts are on IPFS",
        request: (requester, job, now) => buildRequest(deployment, requester, job, cast, now),
      } satisfies Parameters<typeof settleJob>[2];
      const report = await settleJob(network, folder, job, progress, signal, (settled) =>
        conclude(network, settled, question, options.output, folder, progress, signal),
      );
      if (options.keep) await kept(network, report);
      return report;
    } finally {
      await network.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function draftOf({ model, sealed }: Question): Promise<JobDraft> {
  const artefact = await encrypted.readModule();
  return {
    program: { kind: "draft", draft: encrypted.programDraft(model), artefact },
    files: { kind: "files", files: new Map(sealed.files) },
  };
}

/** Fetches, decrypts, compares and audits. */
async function conclude(
  network: DemoNetwork,
  { storage, taskId, end, stages, posted }: SettledJob,
  { table, model, sealed }: Question,
  output: string,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<EncryptedReport> {
  const result = join(folder, "result");
  const fetched = await fetchResult(storage, {
    ...{ accepted: end, volume: 1, folder: result, signal },
  });
  const answer = await encrypted.openAnswer(sealed.secret, (path) =>
    readFile(join(result, OUTPUT_FOLDER, path)),
  );
  const text = encrypted.answerText(answer);
  if (text !== encrypted.answerText(encrypted.plainAnswer(table, model))) {
    throw new DemoError(
      "answer-wrong",
      "The decrypted answer is not what is computed in the open.",
      "This is a fault of the program: please report it with this output.",
    );
  }
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, text);
  progress.step("decrypted", `the answer equals the one computed in the open: ${output}`);
  const audit = await auditSettlement(network, storage, taskId, signal);
  progress.step("audited", `${audit.checks.length} checks recomputed from chain and content`);
  const ends = stages.filter((stage) => stage.stage === "seat-ended");
  const amounts = (of: "paid" | "slashed") =>
    ends
      .filter((seat) => seat[of] > 0n)
      .map((seat) => ({ provider: seat.provider, amount: String(seat[of]) }))
      .sort((left, right) => left.provider - right.provider);
  return {
    ...{ status: "settled", taskId, result: end.result, output, matches: true },
    rows: answer.rows,
    columns: answer.columns.map(({ name, mean, variance }) => ({ name, mean, variance })),
    sealedBytes: [...sealed.files.values()].reduce((sum, { length }) => sum + length, 0),
    answerBytes: fetched.bytes,
    transactions: [posted, ...(await gasOf(network.rpcUrl, stages, posted.hash))],
    payments: amounts("paid"),
    slashes: amounts("slashed"),
    audit: { checks: audit.checks.length, sound: audit.sound },
    timings: progress.timings(),
  };
}
