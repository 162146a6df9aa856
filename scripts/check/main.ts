// Format, lint, types, unused code, dependency direction, generated code: npm run check -- [NAME...] [--json]
import { checks, runChecks } from "./run-checks.ts";

const args = process.argv.slice(2);
const json = args.includes("--json");
const only = args.filter((arg) => arg !== "--json");
const names = checks.map(({ name }) => name);
const unknown = only.filter((name) => !names.includes(name));

if (unknown.length > 0) {
  process.stderr.write(
    `USAGE: there is no check "${unknown.join('", "')}".\n  Checks: ${names.join(", ")}\n`,
  );
  process.exitCode = 64;
} else {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => stopping.abort(new DOMException(name, "AbortError")));
  }
  const results = await runChecks({
    log: (message) => (json ? process.stderr : process.stdout).write(`${message}\n`),
    signal: stopping.signal,
    ...(only.length > 0 && { only }),
  });
  const ok = results.every((result) => result.ok);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ status: ok ? "passed" : "failed", checks: results })}\n`,
    );
  }
  process.exitCode = ok ? 0 : 1;
}
