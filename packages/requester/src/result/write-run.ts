import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { ResultDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import { RequesterError } from "../errors.ts";
import type { Budget } from "./budget.ts";
import { type Patience, patiently } from "./patience.ts";

export interface RunWriter {
  readonly storage: Storage;
  readonly budget: Budget;
  readonly patience: Patience;
}

/** Names inside a run's folder. */
export const RESULT_FILE = "result.json";
export const OUTPUT_FOLDER = "out";
export const STDOUT_FILE = "stdout";

/**
 * Writes one run's result into an existing folder: the document as voted on, /out, and standard
 * output if the program asks for it.
 * @throws RequesterError `result-unavailable`, `result-too-large`, `aborted`; StorageError
 */
export async function writeRun(
  { storage, budget, patience }: RunWriter,
  folder: string,
  bytes: Uint8Array,
  { outputs, stdout }: ResultDocument,
): Promise<void> {
  await writeFile(join(folder, RESULT_FILE), bytes);
  const { signal } = patience;
  const out = join(folder, OUTPUT_FOLDER);
  if (outputs && "inline" in outputs) {
    for (const { path, base64 } of outputs.inline) {
      const content = Buffer.from(base64, "base64");
      budget.spend(content.length);
      // The schema has refused paths that could leave the folder.
      const target = join(out, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  } else if (outputs) {
    const { cid, bytes: declared } = outputs;
    budget.spend(declared);
    const limits = { maxBytes: declared, maxFiles: budget.maxFiles, signal };
    const stat = await patiently("outputs", patience, () =>
      storage.downloadFolder(cid, out, limits),
    );
    refuseOtherSize(stat.bytes, declared);
  }
  if (stdout && "inline" in stdout) {
    const text = Buffer.from(stdout.inline, "base64");
    budget.spend(text.length);
    await writeFile(join(folder, STDOUT_FILE), text);
  } else if (stdout) {
    const { cid, bytes: declared } = stdout;
    budget.spend(declared);
    const path = join(folder, STDOUT_FILE);
    const stat = await patiently("standard output", patience, () =>
      storage.downloadFile(cid, path, { maxBytes: declared, signal }),
    );
    refuseOtherSize(stat.bytes, declared);
  }
}

function refuseOtherSize(actual: number, declared: number): void {
  if (actual === declared) return;
  throw new RequesterError("result-invalid", `${actual} bytes were stored, ${declared} declared.`, {
    remedy: "The providers agreed on something malformed; do not use it, and report the task.",
  });
}
