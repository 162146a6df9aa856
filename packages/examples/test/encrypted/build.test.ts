import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

import { compileEncrypted, missingToolchain } from "../../src/encrypted/build.ts";
import { readModule } from "../../src/encrypted/program.ts";

const source = process.env["SEAL_SOURCE"];
const missing = await missingToolchain(source);

describe("encrypted.wasm", () => {
  it.skipIf(missing !== undefined)(
    `is what its sources give${missing === undefined ? "" : ` (${missing})`}`,
    { timeout: 600_000 },
    async () => {
      const compiled = await compileEncrypted(source ?? "");
      expect(Buffer.compare(compiled, await readModule())).toBe(0);
    },
  );

  it("asks the host for nothing but WASI", async () => {
    const module = new WebAssembly.Module(Buffer.from(await readModule()));
    const from = WebAssembly.Module.imports(module).map((entry) => entry.module);
    expect(new Set(from)).toEqual(new Set(["wasi_snapshot_preview1"]));
    const exported = WebAssembly.Module.exports(module).map((entry) => entry.name);
    expect(exported).toEqual(["memory", "_start"]);
  });

  it("carries the licence of the library that is in it", async () => {
    const licence = new URL("../../src/encrypted/program/SEAL-LICENSE", import.meta.url);
    expect(await readFile(licence, "utf8")).toContain("MIT License");
  });
});
