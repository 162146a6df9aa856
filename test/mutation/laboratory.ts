import { appendFile, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { runForge } from "../../scripts/solidity/run-forge.ts";
import { instrument, type Mutant, switchPath, switchSource } from "./instrument.ts";
import { parseContracts } from "./syntax.ts";

const copied = ["contracts", "foundry.toml", "test/contracts", "test/invariant"];

/** The Solidity tests, and after them a short campaign of the invariants: the first to fail kills. */
const stages = [
  { name: "tests", path: "test/contracts/**/*.t.sol", env: {} },
  {
    name: "invariants",
    path: "test/invariant/Market.t.sol",
    env: { FOUNDRY_INVARIANT_RUNS: "6", FOUNDRY_INVARIANT_DEPTH: "512" },
  },
] as const;

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

/** Writes a copy of the project whose contracts contain all mutants of the files. */
export async function makeCopy(copy: string, files: readonly string[]): Promise<Mutant[]> {
  for (const path of copied) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(join(projectRoot, path), join(copy, path), { recursive: true });
  }
  await symlink(join(projectRoot, "node_modules"), join(copy, "node_modules"));
  await appendFile(join(copy, "foundry.toml"), quickCodegen);
  // The campaign is as long as the environment says.
  const campaign = join(copy, "test/invariant/Market.t.sol");
  const configured = await readFile(campaign, "utf8");
  await writeFile(campaign, configured.replace(/.*invariant\.(runs|depth) = \d+\n/g, ""));

  const trees = parseContracts();
  const mutants: Mutant[] = [];
  for (const file of files) {
    const tree = trees.get(file);
    if (tree === undefined) {
      throw new ToolError({
        code: "NO_SUCH_CONTRACT",
        message: `There is no ${file}.`,
        remedy: "Bring test/mutation/targets.ts to the contracts as they are now.",
      });
    }
    const source = await readFile(join(projectRoot, file), "utf8");
    const made = instrument(file, source, tree, mutants.length + 1);
    await writeFile(join(copy, file), made.text);
    mutants.push(...made.mutants);
  }
  await writeFile(join(copy, switchPath), switchSource);
  return mutants;
}

/**
 * Runs the tests with one mutant switched on, or none (0).
 * @returns what killed it, or undefined when all passed
 */
export async function examine(copy: string, id: number): Promise<Death | undefined> {
  for (const { name, path, env } of stages) {
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
        env: { ...env, ...solc },
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
