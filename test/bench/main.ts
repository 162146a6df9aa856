/**
 * Speed and memory, each beside the bare operation or against a goal, measured in one run.
 *
 *   npm run bench -- executor                      all of a subject
 *   npm run bench -- executor --only wasm,idle     some of it
 *   npm run bench -- executor --json               one last line of JSON on standard output
 *   npm run bench -- proofs                        proving, verifying, memory against constraints; encryption
 *
 * Exit codes: 0 every goal is met, 1 one is missed, 2 the arguments are wrong.
 */
import { parseArgs } from "node:util";

import { executorBenchmarks } from "./executor/index.ts";
import { type Figure, isMet, textOf } from "./figures.ts";
import { encryption } from "./proofs/encryption.ts";
import { proofBenchmarks } from "./proofs/index.ts";

/** A benchmark gives its figures, or says why it cannot be run here. */
export type Benchmark = () => Promise<readonly Figure[] | { readonly unavailable: string }>;

const SUBJECTS: Readonly<Record<string, Readonly<Record<string, Benchmark>>>> = {
  executor: executorBenchmarks,
  proofs: { ...proofBenchmarks, encryption },
};

const say = (line: string) => process.stderr.write(`${line}\n`);

function refuse(message: string): never {
  say(`${message}\n  npm run bench -- ${Object.keys(SUBJECTS).join("|")} [--only NAME,…] [--json]`);
  process.exit(2);
}

function parsed() {
  const options = { only: { type: "string" }, json: { type: "boolean" } } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(String(error));
  }
}

const { positionals, values: flags } = parsed();
const [name = "", ...more] = positionals;
const subject = SUBJECTS[name];
if (subject === undefined || more.length > 0)
  refuse(`There is no subject "${positionals.join(" ")}".`);
const only = flags.only?.split(",") ?? Object.keys(subject);
const unknown = only.find((one) => !(one in subject));
if (unknown !== undefined) {
  refuse(`There is no benchmark "${unknown}": ${Object.keys(subject).join(", ")}.`);
}

const figures: Figure[] = [];
const unavailable: Record<string, string> = {};
for (const [key, benchmark] of Object.entries(subject)) {
  if (!only.includes(key)) continue;
  say(`${key} …`);
  const result = await benchmark();
  if ("unavailable" in result) {
    unavailable[key] = result.unavailable;
    say(`  not measured: ${result.unavailable}`);
    continue;
  }
  for (const figure of result) say(`  ${textOf(figure)}`);
  figures.push(...result);
}
const missed = figures.filter((figure) => isMet(figure) === false).map((figure) => figure.name);
if (flags.json) {
  process.stdout.write(`${JSON.stringify({ subject: name, figures, missed, unavailable })}\n`);
}
process.exitCode = missed.length > 0 ? 1 : 0;
