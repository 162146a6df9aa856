import { describe, expect, test } from "vitest";
import { WASI_IMPORTS } from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { meterModule } from "../../../../src/engines/wasm/module/meter-module.ts";
import { ModuleRefused } from "../../../../src/engines/wasm/module/refusal.ts";
import { random } from "../../../support/random.ts";
import { ALL_FEATURES } from "../support/all-features.ts";
import { assemble } from "../support/assemble.ts";
import { LIMITS, runMetered } from "../support/run-metered.ts";

const MUTANTS = 4_000;
/** Refusals of what the host's own validator accepts, since we allow less. */
const STRICTER = new Set(["malformed", "invalid"]);

function mutate(bytes: Uint8Array, next: (bound: number) => number): Uint8Array {
  const mutant = new Uint8Array(bytes);
  for (let count = 1 + next(3); count > 0; count--) {
    const at = next(mutant.length);
    mutant[at] = next(2) === 0 ? next(256) : (mutant[at] as number) ^ (1 << next(8));
  }
  return next(50) === 0 ? mutant.subarray(0, next(mutant.length)) : mutant;
}

describe("damaged modules", () => {
  test(`${MUTANTS} mutants are refused by name or run to a bounded end`, async () => {
    const valid = await assemble(ALL_FEATURES);
    const next = random(20_260_101);
    const counts = { refused: 0, completed: 0, faults: 0 };
    for (let mutation = 0; mutation < MUTANTS; mutation++) {
      const mutant = mutate(valid, next);
      const accepted = WebAssembly.validate(mutant as BufferSource);
      try {
        meterModule(mutant, WASI_IMPORTS, LIMITS);
      } catch (error) {
        expect(error, `mutant ${mutation}`).toBeInstanceOf(ModuleRefused);
        const { code } = error as ModuleRefused;
        expect(accepted && STRICTER.has(code), `mutant ${mutation}: ${code}`).toBe(false);
        counts.refused += 1;
        continue;
      }
      expect(accepted, `mutant ${mutation} is invalid`).toBe(true);
      const { fault } = runMetered(mutant, { fuel: 100_000n });
      counts[fault === undefined ? "completed" : "faults"] += 1;
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50);
  });
});
