// Runs the invariants and holds every actor to its share of the work: node test/invariant/run.ts
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { runForge } from "../../scripts/solidity/run-forge.ts";

const minimum = { total: 32_000, actor: 500 };

interface Report {
  readonly [suite: string]: { readonly test_results: Readonly<Record<string, TestResult>> };
}
interface TestResult {
  readonly status: string;
  readonly reason: string | null;
  readonly kind: { readonly Invariant?: { readonly metrics: Readonly<Record<string, Calls>> } };
}
interface Calls {
  readonly calls: number;
  readonly reverts: number;
  readonly discards: number;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 1;
}

async function run(): Promise<boolean> {
  const { code, stdout, stderr } = await runForge([
    "test",
    "--json",
    "--match-path",
    "test/invariant/*.t.sol",
  ]);
  const line = stdout.split("\n").find((candidate) => candidate.startsWith("{"));
  if (line === undefined) {
    process.stdout.write(`${stdout}${stderr}\n`);
    return false;
  }
  const actors = new Map<string, number>();
  let good = code === 0;
  for (const { test_results: results } of Object.values(JSON.parse(line) as Report)) {
    for (const [name, { status, reason, kind }] of Object.entries(results)) {
      process.stdout.write(`${name}: ${status}${reason === null ? "" : `, ${reason}`}\n`);
      addCalls(actors, kind.Invariant?.metrics ?? {});
    }
  }
  let total = 0;
  for (const [actor, successful] of [...actors].sort()) {
    total += successful;
    if (successful < minimum.actor) good = false;
    const short = successful < minimum.actor ? `, below ${minimum.actor}` : "";
    process.stdout.write(`  ${actor.padEnd(12)} ${successful} successful calls${short}\n`);
  }
  process.stdout.write(`  ${"all".padEnd(12)} ${total}\n`);
  return good && total >= minimum.total;
}

/** A handler is named `path:Actor.selector`. */
function addCalls(actors: Map<string, number>, metrics: Readonly<Record<string, Calls>>): void {
  for (const [handler, { calls, reverts, discards }] of Object.entries(metrics)) {
    const actor = handler.slice(handler.lastIndexOf(":") + 1).split(".")[0] ?? handler;
    actors.set(actor, (actors.get(actor) ?? 0) + calls - reverts - discards);
  }
}
