import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { projectRoot } from "../../../scripts/lib/project.ts";
import { plantedBugs } from "./bugs.ts";

it("has a bug against each of the eight rules", () => {
  expect(new Set(plantedBugs.map(({ rule }) => rule))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
});

// Seen in milliseconds here, and by the invariants themselves only after the contracts compiled.
it.each(plantedBugs)("can plant against rule $rule: $name", async ({ file, before, after }) => {
  const source = await readFile(join(projectRoot, file), "utf8");
  expect(source.split(before), `"${before}" is there once in ${file}`).toHaveLength(2);
  expect(after).not.toBe(before);
});
