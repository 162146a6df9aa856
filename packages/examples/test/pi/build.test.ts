import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";
import { compilePi, MODULE_FILE } from "../../src/pi/build.ts";

it("pi.wasm is what its source compiles to", { timeout: 120_000 }, async () => {
  expect(Buffer.compare(await compilePi(), await readFile(MODULE_FILE))).toBe(0);
});
