// Plants each bug of planted/bugs.ts in a copy of the contracts and sees the invariants name the broken rule:
// node test/invariant/planted-bugs.ts [rule, or a part of a name]...
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { runForge } from "../../scripts/solidity/run-forge.ts";
import { type PlantedBug, plantedBugs } from "./planted/bugs.ts";

const copied = [
  "contracts",
  "foundry.toml",
  "test/contracts/MarketFixture.sol",
  "test/contracts/support",
  "test/invariant",
];
/** The invariants prove by a policy of their own, and without the optimiser through Yul this one needs too much stack. */
const unused = join("contracts", "policies", "zk");
const suite = "test/invariant/Market.t.sol";
/** Enough for every planted bug, which ends the campaign; the unchanged contracts have their own run. */
const runs = { sound: 1, planted: 48 };
const depth = 512;

/** The optimiser through Yul is left out here: it takes minutes over all bugs, and what a bug does is the same. */
const quickCodegen = { FOUNDRY_VIA_IR: "false" };
/** Then tests need no profile of their own, and a bug compiles what it changes and nothing twice. */
const testProfile =
  /^additional_compiler_profiles = \[\n[^\]]*\]\n|^compilation_restrictions = .*\n/gm;

/** Bugs looked for at the same time: the compiler takes most of the time, and one core. */
const lanes = Math.min(2, availableParallelism());

const only = process.argv.slice(2);
const bugs = plantedBugs.filter(
  ({ rule, name }) =>
    only.length === 0 || only.some((part) => part === String(rule) || name.includes(part)),
);
const root = await mkdtemp(join(tmpdir(), "deco-planted-"));
try {
  process.exitCode = (await run(root, bugs)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n  ${error.remedy}\n`);
  process.exitCode = 1;
} finally {
  await rm(root, { recursive: true, force: true });
}

async function run(folder: string, planted: readonly PlantedBug[]): Promise<boolean> {
  const [first = folder, ...others] = Array.from({ length: lanes }, (_, lane) =>
    join(folder, String(lane)),
  );
  await makeCopy(first);
  const sound = await invariants(first, runs.sound);
  if (sound.code !== 0) {
    process.stdout.write(`the unchanged contracts fail:\n${sound.output.slice(-4_000)}\n`);
    return false;
  }
  process.stdout.write("unchanged: no rule is broken\n");
  // With what is compiled already.
  for (const lane of others) await cp(first, lane, { recursive: true, verbatimSymlinks: true });

  const waiting = [...planted];
  let caught = 0;
  const look = async (copy: string) => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      if (await isCaught(copy, bug)) caught += 1;
    }
  };
  await Promise.all([first, ...others].map(look));
  process.stdout.write(`${caught} of ${planted.length} planted bugs caught\n`);
  return caught === planted.length;
}

/** Whether the invariants name the rule that the bug breaks; says so. */
async function isCaught(copy: string, bug: PlantedBug): Promise<boolean> {
  const start = performance.now();
  const file = join(copy, bug.file);
  const source = await readFile(file, "utf8");
  await writeFile(file, plant(source, bug));
  const { code, output } = await invariants(copy, runs.planted);
  await writeFile(file, source);
  const named = /FAIL: rule (\d): ([^\]\n]*)/.exec(output);
  const caught = code !== 0 && Number(named?.[1]) === bug.rule;
  const found =
    named === null
      ? `no rule was named:\n${output.slice(-2_000)}`
      : `rule ${named[1]}, ${named[2]}`;
  const seconds = ((performance.now() - start) / 1_000).toFixed(0);
  process.stdout.write(
    `rule ${bug.rule} ${caught ? "caught" : "MISSED"}: ${bug.name} (${seconds} s) -> ${found}\n`,
  );
  return caught;
}

async function makeCopy(copy: string): Promise<void> {
  for (const path of copied) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(join(projectRoot, path), join(copy, path), {
      recursive: true,
      filter: (source) => !source.includes(unused),
    });
  }
  await symlink(join(projectRoot, "node_modules"), join(copy, "node_modules"));

  const settings = join(copy, "foundry.toml");
  await writeFile(settings, (await readFile(settings, "utf8")).replace(testProfile, ""));
  const test = join(copy, suite);
  const configured = await readFile(test, "utf8");
  await writeFile(test, configured.replace(/.*invariant\.(runs|depth) = \d+\n/g, ""));
}

async function invariants(copy: string, count: number): Promise<{ code: number; output: string }> {
  // A failure of another bug must not be replayed.
  await rm(join(copy, "cache_forge", "invariant"), { recursive: true, force: true });
  const { code, stdout, stderr } = await runForge(["test", "--match-path", suite, "-vv"], {
    cwd: copy,
    env: {
      ...quickCodegen,
      FOUNDRY_INVARIANT_RUNS: String(count),
      FOUNDRY_INVARIANT_DEPTH: String(depth),
    },
  });
  return { code, output: stdout + stderr };
}

function plant(source: string, bug: PlantedBug): string {
  const found = source.split(bug.before).length - 1;
  if (found !== 1) {
    throw new ToolError({
      code: "PLANT_NOT_POSSIBLE",
      message: `"${bug.before}" is ${found} times in ${bug.file}.`,
      remedy: "Bring the bug in test/invariant/planted/bugs.ts to the source as it is now.",
    });
  }
  return source.replace(bug.before, () => bug.after);
}
