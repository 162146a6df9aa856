import { describe, expect, it } from "vitest";

import { importsOf } from "../../../../scripts/check/dependencies/imports.ts";
import { judgeImport } from "../../../../scripts/check/dependencies/judge-import.ts";
import { mayImport } from "../../../../scripts/check/dependencies/rules.ts";
import type { SourceFile } from "../../../../scripts/check/dependencies/workspace.ts";

const rootManifest = { name: "deco", devDependencies: { vitest: "1", viem: "1" } };

function fileAt(path: string, dependencies: readonly string[] = []): SourceFile {
  const parts = path.split("/");
  const inPackage = parts[0] === "packages" ? parts[1] : undefined;
  const place = inPackage === undefined ? parts[0] : parts[2];
  const manifest = {
    name: inPackage === undefined ? "deco" : `@deco-network/${inPackage}`,
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "1"])),
    devDependencies: { "@types/node": "1" },
  };
  return {
    ...{ path, package: inPackage, manifest, rootManifest },
    isTest: place === "test",
    isScript: place !== "test" && place !== "src",
  };
}

describe("importsOf", () => {
  it("finds every form of import, and nothing in comments' prose", () => {
    // In capitals, so that the check takes them for no imports of this file.
    const source = `
IMPORT "./effect.ts";
IMPORT type { A } from "a";
IMPORT {
  b,
} from "b";
EXPORT * from "c";
EXPORT { d } from './d.ts';
const e = await IMPORT("e");
const f = IMPORT.meta.resolve("@deco-network/f");
EXPORT const from = "not one";
// IMPORT nothing from here
`.replaceAll(/IMPORT|EXPORT/g, (word) => word.toLowerCase());
    expect(importsOf(source).sort()).toEqual(
      ["./effect.ts", "a", "b", "c", "./d.ts", "e", "@deco-network/f"].sort(),
    );
  });
});

describe("judgeImport", () => {
  const sdk = "@deco-network/sdk";
  const executor = "@deco-network/executor";

  it.each([
    ["node's own modules", fileAt("packages/sdk/src/a.ts"), "node:fs"],
    ["its own files", fileAt("packages/sdk/src/plan/a.ts"), "../request.ts"],
    ["its own name", fileAt("packages/sdk/src/a.ts"), `${sdk}/actions`],
    ["what it declares", fileAt("packages/sdk/src/a.ts", ["viem"]), "viem/chains"],
    ["a package below it", fileAt("packages/executor/src/a.ts", [sdk]), `${sdk}/actions`],
    ["a root tool, in a test", fileAt("packages/sdk/test/a.test.ts"), "vitest"],
    [
      "another package's test helpers, in a test",
      fileAt("packages/sdk/test/a.test.ts"),
      "../../storage/test/helpers.ts",
    ],
    ["a script, in a test", fileAt("test/scripts/a.test.ts"), "../../scripts/lib/project.ts"],
    [
      "the engine that tests and demo share",
      fileAt("packages/demo/src/network/a.ts"),
      "../../../../scripts/docker/private-engine.ts",
    ],
    ["a package above it, in a script", fileAt("packages/sdk/scripts/a.ts", [executor]), executor],
  ])("allows %s", (_, file, specifier) => {
    expect(judgeImport(file, specifier)).toBeUndefined();
  });

  it.each([
    ["what is not declared", fileAt("packages/sdk/src/a.ts"), "viem", "not declared"],
    ["development tools, shipped", fileAt("packages/sdk/src/a.ts"), "@types/node", "not declared"],
    ["a root tool, shipped", fileAt("packages/sdk/src/a.ts"), "vitest", "not declared"],
    ["a package above it", fileAt("packages/sdk/src/a.ts", [executor]), executor, "must not know"],
    [
      "another package by its folder",
      fileAt("packages/executor/src/a.ts"),
      "../../sdk/src/index.ts",
      `import it as ${sdk}`,
    ],
    ["a test, shipped", fileAt("packages/sdk/src/a.ts"), "../test/b.ts", "only tests import tests"],
    ["a root test, shipped", fileAt("packages/sdk/src/a.ts"), "../../../test/b.ts", "only tests"],
    [
      "a script, shipped",
      fileAt("packages/sdk/src/a.ts"),
      "../../../scripts/lib/project.ts",
      "outside its folder",
    ],
    ["a package without a row", fileAt("packages/new/src/a.ts", [sdk]), sdk, "has no row"],
  ])("refuses %s", (_, file, specifier, problem) => {
    expect(judgeImport(file, specifier)).toContain(problem);
  });
});

describe("mayImport", () => {
  it("has no circle", () => {
    const below = (name: string, path: readonly string[] = []): void => {
      expect(path, `${[...path, name].join(" → ")}`).not.toContain(name);
      for (const next of mayImport[name] ?? []) below(next, [...path, name]);
    };
    for (const name of Object.keys(mayImport)) below(name);
  });
});
