import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

/** Bundles an entry point as a web page would; resolving a module of Node fails the build. */
async function bundle(entry: string): Promise<number> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${entry}`, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  expect(result.errors).toEqual([]);
  const text = result.outputFiles.map((file) => file.text).join("");
  expect(text).not.toMatch(/\bBuffer\.from\(|\bprocess\.(?:versions|exit|cwd)|["']node:/);
  return text.length;
}

describe("runs in browsers", () => {
  test("the package", async () => {
    // What a page pays for everything; a jump here is a dependency that crept in.
    expect(await bundle("index.ts")).toBeLessThan(600_000);
  });

  test("the actions", async () => {
    expect(await bundle("actions/index.ts")).toBeLessThan(540_000);
  });
});
