// Proves that the runner can fail: a failing test of each kind, and a phase without tests, must
// each make the run fail. Uses the same functions as the run itself, on a temporary folder.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { type Phase, runPhases } from "./run-phases.ts";
import { runSolidityTests } from "./solidity.ts";
import { runVitest } from "./vitest.ts";

const files = {
  // Fails when it is run beside others, which it tells by what it left behind.
  "vitest/unsteady.test.ts": [
    'import { existsSync, writeFileSync } from "node:fs";',
    'test("passes alone", () => {',
    '  const seen = existsSync("seen");',
    '  writeFileSync("seen", "");',
    "  expect(seen).toBe(true);",
    "});\n",
  ].join("\n"),
  "vitest/failing.test.ts": `test("fails", () => { expect(1).toBe(2); });\n`,
  "vitest/passing.test.ts": `test("passes", () => { expect(1).toBe(1); });\n`,
  "forge/foundry.toml": `[profile.default]\nsrc = "src"\ntest = "test"\n`,
  "forge/test/Failing.t.sol": [
    "// SPDX-License-Identifier: Apache-2.0",
    "pragma solidity ^0.8.28;",
    "contract FailingTest {",
    '    function test_fails() external pure { require(false, "fails"); }',
    "    function test_passes() external pure { require(true); }",
    "}\n",
  ].join("\n"),
};

const folder = await mkdtemp(join(tmpdir(), "deco-self-test-"));
try {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const inVitest = { root: join(folder, "vitest"), args: ["--globals"] };
  const cases: { phase: Phase; passed: number; failed?: number; unsteady?: number }[] = [
    {
      phase: { name: "vitest", run: () => runVitest(inVitest) },
      ...{ passed: 1, failed: 2 },
    },
    {
      phase: {
        name: "vitest, looked at twice",
        run: async () => {
          await rm(join(folder, "vitest", "seen"), { force: true });
          return await runVitest({ ...inVitest, secondLook: true });
        },
      },
      ...{ passed: 2, unsteady: 1 },
    },
    {
      phase: { name: "forge", run: () => runSolidityTests([], { cwd: join(folder, "forge") }) },
      passed: 1,
    },
    {
      phase: {
        name: "no tests",
        run: async () => ({ passed: 0, failed: 0, skipped: 0, failures: [] }),
      },
      passed: 0,
    },
  ];
  const { signal } = new AbortController();
  for (const { phase, passed, failed = 1, unsteady = 0 } of cases) {
    const totals = await runPhases([phase], () => {}, signal);
    const proven =
      totals.status === "failed" &&
      totals.failed === failed &&
      totals.passed === passed &&
      totals.unsteady?.length === unsteady;
    process.stderr.write(`${proven ? "ok    " : "FAILED"} a failing run fails: ${phase.name}\n`);
    if (!proven) {
      process.stderr.write(`${JSON.stringify(totals)}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
