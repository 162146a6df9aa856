// Has the SMTChecker prove the properties of AccountingProofs.sol: node test/smt/run.ts
import { runProcess } from "../../scripts/lib/run-process.ts";

const proofs = "test/smt/AccountingProofs.sol";
const library = "contracts/libraries/Accounting.sol";

interface Verdict {
  readonly severity: string;
  readonly message: string;
  readonly sourceLocation?: { readonly file: string; readonly start: number };
}

// A child process: the solver is WebAssembly that keeps its memory, and it gets no time limit of its own, which crashes it.
const { code, stdout, stderr } = await runProcess(process.execPath, [
  "test/smt/check.ts",
  proofs,
  library,
]);
if (code === 0) {
  process.exitCode = report((JSON.parse(stdout).errors ?? []) as Verdict[]);
} else {
  process.stderr.write(stderr);
  process.exitCode = 1;
}

/** Prints each verdict once; the exit code: 0 when everything was proven. */
function report(verdicts: readonly Verdict[]): number {
  const counts = { proven: 0, unproven: 0, other: 0 };
  const lines = new Set<string>();
  for (const { message, sourceLocation } of verdicts) {
    const kind = !message.startsWith("CHC:")
      ? "other"
      : / safe!$/.test(message)
        ? "proven"
        : "unproven";
    counts[kind] += 1;
    const at =
      sourceLocation === undefined ? "" : ` (${sourceLocation.file}, ${sourceLocation.start})`;
    lines.add(`${kind}: ${message.split("\n")[0]}${at}`);
  }
  process.stdout.write(`${[...lines].join("\n")}\n`);
  process.stdout.write(
    `${counts.proven} proven, ${counts.unproven} unproven, ${counts.other} other\n`,
  );
  return counts.proven > 0 && counts.unproven === 0 && counts.other === 0 ? 0 : 1;
}
