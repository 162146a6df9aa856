import { parseArgs } from "node:util";

import { CATALOGUE } from "./catalogue.ts";
import { type FaultReport, KeptPlaces, runFault } from "./run-faults.ts";

const USAGE = `npm run faults -- [--only NAME,PREFIX*] [--tries N] [--seed N] [--list] [--json]

Makes things go wrong around a real executor on a local chain, one after the other, and tells what came of it.
Exits with 1 when anything was lost, 2 when something could not be tried, 64 on a wrong argument.
`;

const EXIT = { lost: 1, missing: 2, usage: 64 };

function refuse(message: string): never {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(EXIT.usage);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        tries: { type: "string", default: "1" },
        seed: { type: "string", default: "1" },
        list: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function naturalOf(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  return refuse(`--${name} must be a whole number of at least ${least}.`);
}

/** Names, or beginnings of names with an asterisk. */
function chosen(patterns: readonly string[]) {
  const wanted = patterns.flatMap((pattern) => pattern.split(","));
  const matches = (name: string, pattern: string) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  for (const pattern of wanted) {
    if (CATALOGUE.some(({ name }) => matches(name, pattern))) continue;
    refuse(`There is no fault "${pattern}"; --list shows them.`);
  }
  return CATALOGUE.filter(
    ({ name }) => wanted.length === 0 || wanted.some((pattern) => matches(name, pattern)),
  );
}

function row({ name, tries, survived, medianRecoveryMillis, missing, losses }: FaultReport) {
  const recovery = medianRecoveryMillis === null ? "–" : `${medianRecoveryMillis} ms`;
  const note = missing === undefined ? losses.join("; ") : `not tried: ${missing}`;
  const cells = [name.padEnd(30), String(tries).padStart(5), String(survived).padStart(8)];
  return `${[...cells, recovery.padStart(15)].join("  ")}  ${note}`.trimEnd();
}

const options = readArguments();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const faults = chosen(options.only);
const [tries, seed] = [naturalOf("tries", options.tries, 1), naturalOf("seed", options.seed, 0)];
if (options.list) {
  for (const { name, expects, does } of faults) {
    process.stdout.write(`${name.padEnd(30)}  ${expects.padEnd(20)}  ${does}\n`);
  }
  process.exit(0);
}

const print = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
print(`${"fault".padEnd(30)}  tries  survived  median recovery`);
const reports: FaultReport[] = [];
const places = new KeptPlaces();
try {
  for (const fault of faults) {
    const report = await runFault(fault, places, { tries, seed });
    reports.push(report);
    print(row(report));
  }
} finally {
  await places.close();
}
const lost = reports.reduce((sum, report) => sum + report.tries - report.survived, 0);
const untried = reports.filter(({ missing }) => missing !== undefined).length;
const total = reports.reduce((sum, report) => sum + report.tries, 0);
print(
  `${total} tries of ${reports.length - untried} faults, ${lost} lost, ${untried} faults not tried`,
);
const exitCode = lost > 0 ? EXIT.lost : untried > 0 ? EXIT.missing : 0;
if (options.json) {
  const status = ["ok", "lost", "incomplete"][exitCode];
  process.stdout.write(
    `${JSON.stringify({ status, seed, tries: total, lost, faults: reports })}\n`,
  );
}
process.exit(exitCode);
