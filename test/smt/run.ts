// Has the SMTChecker judge each property of *Proofs.sol: node test/smt/run.ts [TEXT] [--seconds N]
import { readdirSync } from "node:fs";

import { runProcess } from "../../scripts/lib/run-process.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { readHarness } from "./harness.ts";

/** What the solver said of a property, overflow, underflow and division by zero on its way included. */
type Verdict = "proved" | "unknown" | "violated";

interface Message {
  readonly severity: string;
  readonly message: string;
}

const args = process.argv.slice(2);
/** For each property. */
const patience = args.includes("--seconds") ? Number(args[args.indexOf("--seconds") + 1]) : 300;
const [text = ""] = args.filter((arg) => /^[A-Za-z]/.test(arg));
const paths = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith("Proofs.sol"))
  .map((name) => `test/smt/${name}`);

const counts: Record<Verdict, number> = { proved: 0, unknown: 0, violated: 0 };
process.stdout.write("| property | engine | verdict | seconds |\n| --- | --- | --- | --- |\n");
for (const path of paths) {
  for (const { name, engine } of readHarness(path).properties) {
    if (!`${path} ${name}`.includes(text)) continue;
    const start = performance.now();
    const { verdict, why } = await judge(path, name);
    const seconds = ((performance.now() - start) / 1_000).toFixed(0);
    counts[verdict] += 1;
    process.stdout.write(`| \`${name}\` | ${engine} | ${verdict}${why} | ${seconds} |\n`);
  }
}
const { proved, unknown, violated } = counts;
process.stdout.write(`\n${proved} proved, ${unknown} unknown, ${violated} violated\n`);
process.exitCode = violated === 0 && proved > 0 ? 0 : 1;

/** In a child process: the solver is WebAssembly that keeps its memory, and a limit of its own crashes it. */
async function judge(path: string, name: string): Promise<{ verdict: Verdict; why: string }> {
  const signal = AbortSignal.timeout(patience * 1_000);
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    ["test/smt/check.ts", path, name],
    { signal, background: true },
  );
  if (signal.aborted) return { verdict: "unknown", why: ": no answer in time" };
  if (code !== 0) throw unchecked(path, stderr);

  let safe = 0;
  const open: string[] = [];
  for (const { severity, message } of (JSON.parse(stdout).errors ?? []) as Message[]) {
    if (severity === "error") throw unchecked(path, message);
    const [, said] = /^(?:CHC|BMC): (.*)/.exec(message) ?? [];
    if (said === undefined) continue;
    if (/ happens here/.test(said)) return { verdict: "violated", why: `: ${said}` };
    if (/ is safe!/.test(said)) safe += 1;
    else open.push(said);
  }
  if (open[0] !== undefined) return { verdict: "unknown", why: `: ${open[0]}` };
  // Without a word about any target nothing was looked at.
  return { verdict: safe === 0 ? "unknown" : "proved", why: "" };
}

function unchecked(path: string, detail: string): ToolError {
  return new ToolError({
    code: "SMT_UNCHECKED",
    message: `${path} could not be checked: ${detail}`,
    remedy: "Mend the harness; when the compiler itself fails, see that solc is installed.",
  });
}
