/**
 * A colluding provider: takes seats like any other, runs nothing, and votes for a result on which
 * all liars have agreed beforehand. Everything but its engines is the shipped executor.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Execution, ExecutorParts, RunSpec } from "@deco-network/executor";
import { runExecutor } from "@deco-network/executor/run";

import { NOTHING_USED, replaceRuns } from "./support/replace-runs.ts";

const LIE = new TextEncoder().encode("a result that liars agreed on\n");

export const liar: ExecutorParts = { engines: replaceRuns(lie) };

async function lie({ outputFolder }: RunSpec): Promise<Execution> {
  await writeFile(join(outputFolder, "lie.txt"), LIE);
  const none = new Uint8Array();
  const outcome = { kind: "completed", exitCode: 0, stdout: none, stderr: none } as const;
  return { ...outcome, outputBytes: LIE.length, measurements: NOTHING_USED };
}

if (import.meta.main) await runExecutor(liar);
