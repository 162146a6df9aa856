import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";
import { compileCollatz, MODULE_FILE } from "../../src/collatz/build.ts";

it("collatz.wasm is what its source compiles to", { timeout: 120_000 }, async () => {
  expect(Buffer.compare(await compileCollatz(), await readFile(MODULE_FILE))).toBe(0);
});
