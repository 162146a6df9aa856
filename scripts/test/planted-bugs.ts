import { runProcess } from "../lib/run-process.ts";
import type { PhaseResult } from "./phase.ts";

/** Plants a bug against each rule of the invariants; each must be caught, by the rule that it breaks. */
export async function runPlantedBugs(signal: AbortSignal): Promise<PhaseResult> {
  const script = ["test/invariant/planted-bugs.ts"];
  const { code, stdout } = await runProcess(process.execPath, script, {
    ...{ output: "show", background: true, signal },
  });
  let passed = 0;
  const failures: string[] = [];
  for (const [line, verdict] of stdout.matchAll(/^rule \d (caught|MISSED): .*$/gm)) {
    if (verdict === "caught") passed += 1;
    else failures.push(line);
  }
  if (code !== 0 && failures.length === 0) failures.push(`it ended with code ${code}`);
  return { passed, failed: failures.length, skipped: 0, failures };
}
