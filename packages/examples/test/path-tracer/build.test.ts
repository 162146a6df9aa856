import { describe, expect, it } from "vitest";
import { compilePathTracer } from "../../src/path-tracer/build.ts";
import { readModule } from "../../src/path-tracer/module-file.ts";

describe("path-tracer.wasm", () => {
  it("is what its source compiles to", { timeout: 120_000 }, async () => {
    expect(Buffer.compare(await compilePathTracer(), await readModule())).toBe(0);
  });

  it("asks the host for nothing but WASI files and exit", async () => {
    const module = new WebAssembly.Module(Buffer.from(await readModule()));
    const imports = WebAssembly.Module.imports(module);
    expect(new Set(imports.map((entry) => entry.module))).toEqual(
      new Set(["wasi_snapshot_preview1"]),
    );
    expect(imports.map((entry) => entry.name).sort()).toEqual([
      "fd_close",
      "fd_prestat_dir_name",
      "fd_prestat_get",
      "fd_read",
      "fd_write",
      "path_open",
      "proc_exit",
    ]);
    expect(WebAssembly.Module.exports(module).map((entry) => entry.name)).toEqual([
      "memory",
      "_start",
    ]);
  });

  it("stays below 60 kB", async () => {
    expect((await readModule()).length).toBeLessThan(60_000);
  });
});
