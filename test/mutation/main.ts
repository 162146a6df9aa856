// Mutation testing of the contracts: npm run mutate -- --sample 100
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { randomFrom } from "../differential/random.ts";
import type { Mutant } from "./instrument.ts";
import { type Killed, killedIn } from "./killed.ts";
import { examine, makeCopy } from "./laboratory.ts";
import { type MutationOptions, parseOptions, usage } from "./options.ts";
import { minimumScore, subjectOf, subjects, targets } from "./targets.ts";

/** A mutant that may survive, and why. */
interface Known {
  readonly key: string;
  /** "equivalent": no call can tell it from the original. "tolerated": one could, and no test does. */
  readonly kind: "equivalent" | "tolerated";
  readonly because: string;
}

interface Counts {
  readonly mutants: number;
  readonly examined: number;
  readonly killed: number;
  readonly equivalent: number;
  readonly tolerated: number;
  /** In percent of those examined that are not equivalent. */
  readonly score: number;
}

interface Score extends Counts {
  readonly subjects: Readonly<Record<string, Counts>>;
  /** Survivors that nobody has justified. */
  readonly survivors: readonly string[];
}

const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else process.exitCode = report(await run(options), options.json);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  say(`${error.code}: ${error.message}\n  ${error.remedy}`);
  process.exitCode = 64;
}

async function run(options: MutationOptions): Promise<Score> {
  const known = new Map((await readKnown()).map((entry) => [entry.key, entry]));
  const root = options.keep ?? (await mkdtemp(join(tmpdir(), "deco-mutation-")));
  try {
    const lanes = Array.from({ length: options.lanes }, (_, lane) => join(root, String(lane)));
    const [first = root, ...others] = lanes;
    const files = options.subjects.flatMap((subject) => targets[subject].files);
    const { mutants, contracts } = await makeCopy(first, files);
    const killed = await killedIn(options.keep, contracts);
    say(`${mutants.length} mutants of ${files.length} files; compiling them takes minutes`);
    const sound = await examine(first, 0);
    if (sound !== undefined) {
      throw new ToolError({
        code: "UNCHANGED_CONTRACTS_FAIL",
        message: `Without a mutant, ${sound.by} fails.`,
        remedy: "Mend the contracts or the tests first: npm test -- --only solidity.",
      });
    }
    for (const lane of others) {
      await rm(lane, { recursive: true, force: true });
      await cp(first, lane, { recursive: true, verbatimSymlinks: true });
    }
    const chosen = options.subjects.flatMap((subject) =>
      choose(
        mutants.filter(({ file }) => subjectOf(file) === subject),
        options,
      ),
    );
    const survivors = await examineAll(lanes, chosen, killed);
    return score(mutants, chosen, survivors, known);
  } finally {
    if (options.keep === undefined) await rm(root, { recursive: true, force: true });
  }
}

/** @returns keys of those that nothing killed */
async function examineAll(
  lanes: readonly string[],
  chosen: readonly Mutant[],
  killed: Killed,
): Promise<string[]> {
  const waiting = chosen.filter(({ key }) => !killed.has(key));
  const before = chosen.length - waiting.length;
  if (before !== 0) say(`${before} of ${chosen.length} were killed before`);
  const survivors: string[] = [];
  let done = 0;
  const look = async (lane: string) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const death = await examine(lane, mutant.id, subjectOf(mutant.file));
      done += 1;
      const verdict = death === undefined ? "SURVIVED" : `killed by ${death.stage}: ${death.by}`;
      say(`${before + done}/${chosen.length} ${verdict} | line ${mutant.line} | ${mutant.key}`);
      if (death === undefined) survivors.push(mutant.key);
      else await killed.add(mutant.key, death.by);
    }
  };
  await Promise.all(lanes.map(look));
  return survivors;
}

/** Of one subject. The same for the same seed, as long as the mutants are the same. */
function choose(mutants: readonly Mutant[], { sample, seed, match }: MutationOptions): Mutant[] {
  const matching = mutants.filter(({ key }) => match === undefined || key.includes(match));
  if (sample === undefined || sample >= matching.length) return matching;
  const random = randomFrom(seed);
  for (let i = matching.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const [one, two] = [matching[i], matching[other]];
    if (one === undefined || two === undefined) continue;
    matching[i] = two;
    matching[other] = one;
  }
  return matching.slice(0, sample);
}

function score(
  mutants: readonly Mutant[],
  chosen: readonly Mutant[],
  alive: readonly string[],
  known: ReadonlyMap<string, Known>,
): Score {
  const keys = new Set(mutants.map(({ key }) => key));
  const files = new Set(mutants.map(({ file }) => file));
  for (const { key } of known.values()) {
    if (files.has(key.split(" ")[0] ?? "") && !keys.has(key)) say(`no longer there: ${key}`);
    else if (chosen.some((mutant) => mutant.key === key) && !alive.includes(key)) {
      say(`listed as a survivor, and killed: ${key}`);
    }
  }
  const counts = (of: (mutant: Mutant) => boolean): Counts => {
    const examined = chosen.filter(of);
    const survived = examined.filter(({ key }) => alive.includes(key));
    const kinds = survived.map(({ key }) => known.get(key)?.kind);
    const equivalent = kinds.filter((kind) => kind === "equivalent").length;
    const tolerated = kinds.filter((kind) => kind === "tolerated").length;
    const killed = examined.length - survived.length;
    const counted = examined.length - equivalent;
    return {
      ...{ mutants: mutants.filter(of).length, examined: examined.length },
      ...{ killed, equivalent, tolerated },
      score: counted === 0 ? 100 : Math.floor((killed * 1_000) / counted) / 10,
    };
  };
  const present = subjects.filter((subject) =>
    mutants.some(({ file }) => subjectOf(file) === subject),
  );
  return {
    ...counts(() => true),
    subjects: Object.fromEntries(
      present.map((subject) => [subject, counts(({ file }) => subjectOf(file) === subject)]),
    ),
    survivors: alive.filter((key) => !known.has(key)),
  };
}

/** The exit code: 1 below the minimum in any subject, or when somebody has to look at a survivor. */
function report(result: Score, json: boolean): number {
  for (const key of result.survivors) say(`survivor to be looked at: ${key}`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    for (const [subject, counts] of Object.entries(result.subjects)) {
      const { examined, killed, equivalent, tolerated } = counts;
      process.stdout.write(
        `${subject}: ${examined} of ${counts.mutants} mutants: ${killed} killed, ${equivalent} equivalent, ${tolerated} tolerated; score ${counts.score} %\n`,
      );
    }
    process.stdout.write(`${result.survivors.length} unexplained\n`);
  }
  const enough = Object.values(result.subjects).every(({ score }) => score >= minimumScore);
  return enough && result.survivors.length === 0 ? 0 : 1;
}

async function readKnown(): Promise<Known[]> {
  return JSON.parse(await readFile(join(projectRoot, "test/mutation/survivors.json"), "utf8"));
}
