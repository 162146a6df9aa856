import { runProcess } from "../lib/run-process.ts";
import type { PhaseResult } from "./phase.ts";

/** Of each subject, as many as a night has time for. */
const sample = 75;

/** Small bugs in the contracts, another sample each day; each must be caught by a test or be known. */
export async function runMutants(signal: AbortSignal): Promise<PhaseResult> {
  const day = Math.floor(Date.now() / 86_400_000);
  const script = [
    "test/mutation/main.ts",
    "--json",
    "--sample",
    String(sample),
    "--seed",
    String(day),
  ];
  const { code, stdout, stderr } = await runProcess(process.execPath, script, {
    ...{ output: "show", background: true, signal },
  });
  const survivors = [...stderr.matchAll(/^survivor to be looked at: (.*)$/gm)].map(
    ([, key = ""]) => `mutant survived: ${key}`,
  );
  const killed = Number(/"killed":(\d+)/.exec(stdout)?.[1] ?? 0);
  const failures =
    code !== 0 && survivors.length === 0 ? [`it ended with code ${code}`] : survivors;
  return { passed: killed, failed: failures.length, skipped: 0, failures };
}
