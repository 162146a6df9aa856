import { describe, expect, test } from "vitest";
import { WASI_IMPORTS } from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { INJECTED_EXPORTS } from "../../../../src/engines/wasm/module/injected.ts";
import { meterModule } from "../../../../src/engines/wasm/module/meter-module.ts";
import { ALL_FEATURES } from "../support/all-features.ts";
import { assemble } from "../support/assemble.ts";
import { randomModule } from "../support/random-module.ts";
import { LIMITS } from "../support/run-metered.ts";

/** Runs `_start` of a module without imports and returns its memory and how it ended. */
function effects(bytes: Uint8Array): { memory: Buffer; ended: string } {
  const module = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(module, {});
  let ended = "returned";
  try {
    // Metering turns a start section into an export; a bare module has run it by now.
    for (const name of [INJECTED_EXPORTS.start, "_start"]) {
      const entry = exports[name];
      if (typeof entry === "function") entry();
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    ended = error.message;
  }
  return { memory: Buffer.from((exports.memory as WebAssembly.Memory).buffer), ended };
}

describe("metering keeps what a module does", () => {
  test("for a module with every kind of allowed instruction", async () => {
    const bytes = await assemble(ALL_FEATURES);
    const bare = effects(bytes);
    const metered = effects(meterModule(bytes, WASI_IMPORTS, LIMITS));
    expect(bare.ended).toBe("returned");
    expect(metered.ended).toBe("returned");
    expect(metered.memory.equals(bare.memory)).toBe(true);
  });

  test("for 300 random modules", async () => {
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= 300; seed++) {
      const bytes = await assemble(randomModule(seed));
      const bare = effects(bytes);
      const metered = effects(meterModule(bytes, WASI_IMPORTS, { ...LIMITS, fuel: 2n ** 40n }));
      expect({ seed, ended: metered.ended }).toEqual({ seed, ended: bare.ended });
      expect(metered.memory.equals(bare.memory), `memory of seed ${seed}`).toBe(true);
      ends.set(bare.ended, (ends.get(bare.ended) ?? 0) + 1);
    }
    expect(ends.get("returned")).toBeGreaterThan(150);
    expect(ends.size).toBeGreaterThan(1);
  });
});
