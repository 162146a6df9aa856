import { randomBytes } from "node:crypto";

import type { PhaseResult } from "./phase.ts";
import { runSolidityTests } from "./solidity.ts";

/** What the profile `nightly` of foundry.toml and of the campaign asks for; successful calls are counted apart. */
const enough = { total: 1_000_000, actor: 15_000 };

/** The long campaign of the invariants: other calls every time, since every run has those of one seed. */
export async function runLongInvariants(signal: AbortSignal): Promise<PhaseResult> {
  const seed = `0x${randomBytes(8).toString("hex")}`;
  const start = performance.now();
  process.stderr.write(`invariants: --fuzz-seed ${seed}\n`);
  const result = await runSolidityTests(
    ["--match-path", "test/invariant/*.t.sol", "--fuzz-seed", seed],
    { signal, background: true, env: { FOUNDRY_PROFILE: "nightly" } },
    enough,
  );
  const seconds = (performance.now() - start) / 1_000;
  if (result.failed === 0) {
    process.stderr.write(`invariants: ${(enough.total / seconds).toFixed(0)} calls a second\n`);
  }
  return result;
}
