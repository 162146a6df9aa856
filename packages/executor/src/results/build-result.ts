import {
  encodeDocument,
  INLINE_MAX_BYTES,
  type ProgramDocument,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash } from "viem";

import type { Execution } from "../engines/engine.ts";
import { collectOutputs } from "./collect-outputs.ts";

type Completed = Extract<Execution, { kind: "completed" }>;

/**
 * Stores the result document of one run, privately, with nothing in it that differs between
 * honest machines.
 * @param salt Of a private task's result.
 * @returns the document's digest
 */
export async function buildResult(
  storage: Storage,
  program: ProgramDocument,
  execution: Completed,
  outputFolder: string,
  signal: AbortSignal,
  salt?: Hash,
): Promise<Hash> {
  const outputs = await collectOutputs(storage, outputFolder, program.limits.outputBytes, signal);
  const stdout = program.stdout ? await storeText(storage, execution.stdout, signal) : undefined;
  const document: ResultDocument = {
    deco: "result/1",
    exitCode: execution.exitCode,
    ...(salt !== undefined && { salt }),
    ...(execution.fault && { fault: execution.fault }),
    ...(outputs && { outputs }),
    ...(stdout && { stdout }),
  };
  const bytes = encodeDocument(resultSchema, document);
  return (await storage.addDocument(bytes, { visibility: "private", signal })).digest;
}

async function storeText(
  storage: Storage,
  text: Uint8Array,
  signal: AbortSignal,
): Promise<NonNullable<ResultDocument["stdout"]>> {
  if (text.length <= INLINE_MAX_BYTES) return { inline: Buffer.from(text).toString("base64") };
  const { cid, bytes } = await storage.addBytes(text, { visibility: "private", signal });
  return { cid, bytes };
}
