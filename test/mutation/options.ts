import { availableParallelism } from "node:os";

import { ToolError } from "../../scripts/lib/tool-error.ts";
import { type Subject, subjects } from "./targets.ts";

export interface MutationOptions {
  readonly subjects: readonly Subject[];
  /** Mutants of each subject to run, chosen by the seed; all when undefined. */
  readonly sample: number | undefined;
  readonly seed: number;
  /** Only mutants whose key contains it. */
  readonly match: string | undefined;
  /** Where the compiled copy stays; a temporary folder without it. */
  readonly keep: string | undefined;
  /** Copies in which mutants are tried at the same time. */
  readonly lanes: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run mutate -- [--only SUBJECT] [--sample N] [--seed S] [--match TEXT] [--keep DIR] [--lanes N] [--json]

Changes the contracts in small ways and sees the Solidity tests notice each.

  --only SUBJECT  ${subjects.join(", ")}; may be repeated; all without it
  --sample N      N mutants of each subject, chosen by the seed, instead of all (hours)
  --seed S        a whole number; 1 without it
  --match TEXT    only mutants whose name contains the text
  --keep DIR      leaves the compiled copy there, and what was killed: the next run of the same contracts compiles only what
                  has changed and tries only what is not known to be killed
  --lanes N       N mutants at a time, each with one thread; 2 without it, where there are two cores
  --json          one line of JSON on stdout, everything else on stderr
`;

/** @throws ToolError USAGE */
export function parseOptions(args: readonly string[]): MutationOptions {
  const chosen = new Set<Subject>();
  const found = {
    ...{ sample: undefined as number | undefined, seed: 1, json: false, help: false },
    lanes: Math.min(2, availableParallelism()),
  };
  let match: string | undefined;
  let keep: string | undefined;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag, inline] = arg.split("=", 2);
    const value = () => inline ?? rest.shift();
    if (flag === "--json") found.json = true;
    else if (flag === "--help" || flag === "-h") found.help = true;
    else if (flag === "--only") chosen.add(subjectNamed(value()));
    else if (flag === "--sample") found.sample = whole(value(), "--sample");
    else if (flag === "--seed") found.seed = whole(value(), "--seed");
    else if (flag === "--lanes") found.lanes = whole(value(), "--lanes");
    else if (flag === "--match") match = value();
    else if (flag === "--keep") keep = value();
    else throw wrong(`There is no option "${arg}".`);
  }
  return { ...found, match, keep, subjects: chosen.size === 0 ? subjects : [...chosen] };
}

function subjectNamed(value: string | undefined): Subject {
  const subject = subjects.find((candidate) => candidate === value);
  if (subject === undefined) throw wrong(`There is no subject "${value ?? ""}".`);
  return subject;
}

function whole(value: string | undefined, flag: string): number {
  if (value === undefined || !/^[1-9]\d{0,8}$/.test(value)) {
    throw wrong(`${flag} takes a whole number, not "${value ?? ""}".`);
  }
  return Number(value);
}

function wrong(message: string): ToolError {
  return new ToolError({ code: "USAGE", message, remedy: `\n${usage}` });
}
