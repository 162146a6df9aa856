import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { projectRoot } from "../../scripts/lib/project.ts";
import { copies, only, readHarness, squeezed } from "./harness.ts";

const paths = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith("Proofs.sol"))
  .map((name) => `test/smt/${name}`);

describe.each(paths)("%s", (path) => {
  const harness = readHarness(path);

  it("gives the solver one property at a time, and nothing moves", () => {
    expect(harness.properties.length).toBeGreaterThan(0);
    for (const { name, start, end } of harness.properties) {
      const alone = only(harness, name);
      expect(
        [...alone.matchAll(/function (\w+)\([^{]*\bexternal\b/g)].map((found) => found[1]),
      ).toEqual([name]);
      expect(alone.slice(start, end)).toBe(harness.source.slice(start, end));
    }
  });

  it("has copied what the contracts have", () => {
    for (const { path: contract, code } of copies(harness.source)) {
      expect(squeezed(readFileSync(join(projectRoot, contract), "utf8"))).toContain(code);
    }
  });
});

it("knows the copies of bonds", () => {
  const { source } = readHarness("test/smt/BondProofs.sol");
  expect(copies(source).map(({ path }) => path)).toEqual(
    Array(2).fill("contracts/market/panels/Bonds.sol"),
  );
});
