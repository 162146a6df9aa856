import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { runForge } from "../../scripts/solidity/run-forge.ts";
import { instrument, type Mutant, switchPath, switchSource } from "./instrument.ts";
import { parseContracts } from "./syntax.ts";
import { type Subject, targets } from "./targets.ts";

const copied = ["contracts", "foundry.toml", "test/contracts", "test/invariant"];
/** A circuit is known by its verifier's code as the optimiser makes it, which is left out here; the market knows none of it. */
const notCopied = /\/policies\/zk/i;

interface Stage {
  readonly name: string;
  readonly path: string;
  readonly env?: Record<string, string>;
}

const oneThread = { FOUNDRY_THREADS: "1" };
/** Tests of what every subject stands on. */
const words = ["Words", "Accounting", "Sortition", "Trust", "Votes"];
const fewCases = { FOUNDRY_FUZZ_RUNS: "16" };

/**
 * The quickest to kill come first, and the first to fail kills: tests of the mutated file's entry points, all tests with few
 * cases of what is tried at random, all cases, a short campaign of the invariants.
 */
function stagesFor(subject: Subject | undefined): Stage[] {
  const first = subject === undefined ? [] : targets[subject].tests;
  return [
    {
      name: "own tests",
      path: `test/contracts/{market,types,libraries}/{${[...words, ...first].join(",")}}.t.sol`,
      env: fewCases,
    },
    { name: "tests", path: "test/contracts/**/*.t.sol", env: fewCases },
    { name: "random cases", path: "test/contracts/**/*.t.sol" },
    {
      name: "invariants",
      path: "test/invariant/Market.t.sol",
      env: { FOUNDRY_INVARIANT_RUNS: "6", FOUNDRY_INVARIANT_DEPTH: "512" },
    },
  ];
}

/**
 * The optimiser's steps are left out, which would take an hour over so much code; that it keeps what a contract does is
 * tested elsewhere. Only the mover of the stack stays, without which the market does not compile.
 */
const quickCodegen = `
[profile.default.optimizer_details]
yul = true

[profile.default.optimizer_details.yulDetails]
stackAllocation = true
optimizerSteps = "u:"

[lint]
lint_on_build = false
`;

/** Measures gas, which is another without the optimiser; the other two take longer than all the rest and see nothing more. */
const leftOut =
  "test_GivenTheCallbackBurnsAllGas|testFuzz_GivenAnyGasLimit|test_GivenStakeThatIsSplitOverManyIdentities";

/** All mutants are in one contract, which no network would take; a mutant that runs this long has lost its way. */
const sizeLimit = 4_000_000;
const patience = 300_000;

export interface Death {
  readonly stage: string;
  /** The test that failed first. */
  readonly by: string;
}

/**
 * Writes a copy of the project whose contracts contain all mutants of the files. What is there and the same is left alone, so
 * that forge compiles again only what has changed.
 * @returns `contracts` without their mutants
 */
export async function makeCopy(
  copy: string,
  files: readonly string[],
): Promise<{ mutants: Mutant[]; contracts: Map<string, Buffer> }> {
  const wanted = await originals();
  const contracts = new Map([...wanted].filter(([path]) => path.startsWith("contracts/")));
  const mutants = mutate(wanted, files);
  const text = (path: string) => wanted.get(path)?.toString("utf8") ?? "";
  wanted.set("foundry.toml", Buffer.from(text("foundry.toml") + quickCodegen));
  // The campaign is as long as the environment says.
  const campaign = "test/invariant/Market.t.sol";
  const endless = text(campaign).replace(/.*invariant\.(runs|depth) = \d+\n/g, "");
  wanted.set(campaign, Buffer.from(endless));

  await mkdir(copy, { recursive: true });
  for (const path of await filesBelow(copy)) {
    if (!wanted.has(path)) await rm(join(copy, path));
  }
  for (const [path, content] of wanted) {
    const place = join(copy, path);
    const present = await readFile(place).catch(() => undefined);
    if (present?.equals(content)) continue;
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  }
  await symlink(join(projectRoot, "node_modules"), join(copy, "node_modules")).catch(() => {
    // It is there.
  });
  return { mutants, contracts };
}

async function originals(): Promise<Map<string, Buffer>> {
  const paths = await filesBelow(projectRoot);
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readFile(join(projectRoot, path))] as const),
    ),
  );
}

/** Those that a copy consists of. */
async function filesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of copied) {
    if (extname(name) !== "") {
      found.push(name);
      continue;
    }
    const entries = await readdir(join(root, name), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name));
      if (entry.isFile() && !notCopied.test(`/${path}`)) found.push(path);
    }
  }
  return found;
}

/** Puts all changes into the files, and the switch beside them. */
function mutate(contents: Map<string, Buffer>, files: readonly string[]): Mutant[] {
  const trees = parseContracts();
  const mutants: Mutant[] = [];
  for (const file of files) {
    const tree = trees.get(file);
    const source = contents.get(file);
    if (tree === undefined || source === undefined) {
      throw new ToolError({
        code: "NO_SUCH_CONTRACT",
        message: `There is no ${file}.`,
        remedy: "Bring test/mutation/targets.ts to the contracts as they are now.",
      });
    }
    const made = instrument(file, source.toString("utf8"), tree, mutants.length + 1);
    contents.set(file, Buffer.from(made.text));
    mutants.push(...made.mutants);
  }
  contents.set(switchPath, Buffer.from(switchSource));
  return mutants;
}

/**
 * Runs the tests with one mutant switched on, or none (0).
 * @returns what killed it, or undefined when all passed
 */
export async function examine(
  copy: string,
  id: number,
  subject?: Subject,
): Promise<Death | undefined> {
  for (const { name, path, env } of stagesFor(subject)) {
    await rm(join(copy, "cache_forge", "invariant"), { recursive: true, force: true });
    await rm(join(copy, "cache_forge", "fuzz"), { recursive: true, force: true });
    // Without a mutant it is the first run, which compiles.
    const first = id === 0;
    const signal = first ? undefined : AbortSignal.timeout(patience);
    const solc = first ? {} : { FOUNDRY_SOLC: join(projectRoot, "test/mutation/idle-solc.mjs") };
    const { code, stdout, stderr } = await runForge(
      [
        ...["test", "--match-path", path, "--no-match-test", leftOut, "--fail-fast"],
        ...["--code-size-limit", String(sizeLimit)],
        ...["--block-coinbase", `0x${id.toString(16).padStart(40, "0")}`],
      ],
      {
        cwd: copy,
        env: { ...env, ...solc, ...oneThread },
        background: true,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    if (code === 0) continue;
    const failed = /^\[FAIL[^\n]*?\] (\w+)\(/m.exec(stdout) ?? /^\[FAIL: ([^\]\n]*)/m.exec(stdout);
    if (failed?.[1] !== undefined) return { stage: name, by: failed[1] };
    if (signal?.aborted === true) return { stage: name, by: "(out of time)" };
    throw new ToolError({
      code: "FORGE_FAILED",
      message: `forge ended with code ${code}:\n${(stdout + stderr).slice(-3_000)}`,
      remedy: "Mutants must compile: see test/mutation/operators.ts.",
    });
  }
  return undefined;
}
