// Has the SMTChecker judge each property of *Proofs.sol: node test/smt/run.ts [NAME] [--seconds N]
import { readdirSync, readFileSync } from "node:fs";

import { runProcess } from "../../scripts/lib/run-process.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";

/** What the solver said of a property, the overflows on its way included. */
type Verdict = "proved" | "unknown" | "violated";

interface Message {
  readonly severity: string;
  readonly message: string;
  readonly sourceLocation?: { readonly file: string; readonly start: number };
}

const args = process.argv.slice(2);
const patience = args.includes("--seconds") ? Number(args[args.indexOf("--seconds") + 1]) : 900;
const only = args.find((arg) => arg.endsWith("Proofs"));
const harnesses = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith("Proofs.sol"))
  .filter((name) => only === undefined || name === `${only}.sol`);

const counts: Record<Verdict, number> = { proved: 0, unknown: 0, violated: 0 };
process.stdout.write("| property | verdict |\n| --- | --- |\n");
for (const name of harnesses) {
  for (const [property, verdict] of await judge(`test/smt/${name}`)) {
    counts[verdict] += 1;
    process.stdout.write(`| \`${property}\` | ${verdict} |\n`);
  }
}
const { proved, unknown, violated } = counts;
process.stdout.write(`\n${proved} proved, ${unknown} unknown, ${violated} violated\n`);
process.exitCode = violated === 0 && proved > 0 ? 0 : 1;

/**
 * In a child process: the solver is WebAssembly that keeps its memory, and a limit of its own crashes it. Without an answer in
 * time, everything in the file is unknown.
 */
async function judge(path: string): Promise<Map<string, Verdict>> {
  const source = readFileSync(path, "utf8");
  const starts = [...source.matchAll(/function (\w+)\(/g)].map(({ 1: name = "", index }) => ({
    ...{ name, index },
  }));
  const verdicts = new Map<string, Verdict>(starts.map(({ name }) => [name, "unknown"]));
  const signal = AbortSignal.timeout(patience * 1_000);
  const { code, stdout, stderr } = await runProcess(process.execPath, ["test/smt/check.ts", path], {
    signal,
    background: true,
  });
  if (signal.aborted) return verdicts;
  if (code !== 0) throw unchecked(path, stderr);

  const open = new Set<string>();
  for (const { severity, message, sourceLocation } of JSON.parse(stdout).errors as Message[]) {
    if (severity === "error") throw unchecked(path, message);
    if (!message.startsWith("CHC:") || sourceLocation === undefined) continue;
    const name = propertyAt(sourceLocation, path, starts);
    if (!verdicts.has(name)) verdicts.set(name, "unknown");
    if (/ happens here/.test(message)) verdicts.set(name, "violated");
    else if (/ safe!/.test(message) && verdicts.get(name) === "unknown")
      verdicts.set(name, "proved");
    else if (!/ safe!/.test(message)) open.add(name);
  }
  for (const name of open) if (verdicts.get(name) === "proved") verdicts.set(name, "unknown");
  return verdicts;
}

/** The property that a place belongs to; arithmetic of the libraries themselves is a property of its own. */
function propertyAt(
  place: { file: string; start: number },
  path: string,
  starts: readonly { name: string; index: number }[],
): string {
  if (place.file !== path) return `arithmetic of ${place.file}`;
  return starts.findLast(({ index }) => index <= place.start)?.name ?? path;
}

function unchecked(path: string, detail: string): ToolError {
  return new ToolError({
    code: "SMT_UNCHECKED",
    message: `${path} could not be checked: ${detail}`,
    remedy: "Mend the harness; when the compiler itself fails, see that solc is installed.",
  });
}
