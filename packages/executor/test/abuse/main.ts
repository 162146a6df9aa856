/**
 * Tries to abuse the sandboxes, and the same attempts in sandboxes weakened on purpose, where each
 * must work. The exit code is 1 when anything worked in a sandbox, or proved nothing.
 *
 *   npm run abuse                               wasm, and every runtime that the container engine has
 *   npm run abuse -- --runtime runc,wasm        these
 *   npm run abuse -- --json                     the same, with all findings as one last line of JSON
 */
import { parseArgs } from "node:util";
import Docker from "dockerode";
import { ensureDockerEngine } from "../../../../scripts/docker/private-engine.ts";
import type { OciRuntime } from "../../src/engines/oci/index.ts";
import { abuseContainers } from "./containers/suite.ts";
import { describeSummary, isSound, type SandboxReport, summaryOf } from "./report.ts";
import { abuseWasm } from "./wasm/suite.ts";

const RUNTIMES: readonly OciRuntime[] = ["runc", "crun", "runsc"];
const USAGE_ERROR = 64;
const UNAVAILABLE = 69;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, runtime: { type: "string" } },
  });
  const wanted = values.runtime?.split(",");
  const unknown = wanted?.filter((name) => name !== "wasm" && !RUNTIMES.some((r) => r === name));
  if (unknown !== undefined && unknown.length > 0) {
    say(`USAGE: there is no sandbox "${unknown[0]}"\n  Sandboxes: wasm, ${RUNTIMES.join(", ")}`);
    return USAGE_ERROR;
  }
  const reports: SandboxReport[] = [];
  if (wanted === undefined || wanted.includes("wasm")) reports.push(await told(abuseWasm()));
  const containers = RUNTIMES.filter((runtime) => wanted?.includes(runtime) ?? true);
  if (containers.length > 0) {
    const engine = await ensureDockerEngine({
      install: process.env["DECO_NO_INSTALL"] !== "1",
      log: say,
    });
    if ("unavailable" in engine) {
      say(`ENGINE_UNAVAILABLE: ${engine.unavailable}\n  ${engine.remedy}`);
      return UNAVAILABLE;
    }
    try {
      const known = await runtimesOf(engine.host);
      for (const runtime of containers) {
        if (known.includes(runtime)) {
          reports.push(await told(abuseContainers({ host: engine.host, runtime })));
        } else if (wanted === undefined) {
          say(`${runtime}: not tried, the container engine has it not`);
        } else {
          say(`RUNTIME_MISSING: the container engine has no runtime "${runtime}"`);
          return UNAVAILABLE;
        }
      }
    } finally {
      await engine.stop();
    }
  }
  const summaries = reports.map(summaryOf);
  if (values.json) {
    const status = summaries.every(isSound) ? "passed" : "failed";
    const sandboxes = reports.map((report) => ({
      ...summaryOf(report),
      findings: report.findings,
    }));
    process.stdout.write(`${JSON.stringify({ status, sandboxes })}\n`);
  }
  return summaries.every(isSound) ? 0 : 1;
}

async function told(pending: Promise<SandboxReport>): Promise<SandboxReport> {
  const report = await pending;
  say(describeSummary(summaryOf(report)));
  return report;
}

async function runtimesOf(host: string): Promise<string[]> {
  const docker = new Docker({ socketPath: host.replace("unix://", "") });
  return Object.keys((await docker.info()).Runtimes ?? {});
}

process.exitCode = await main();
