import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { projectRoot } from "../../scripts/lib/project.ts";

const page = await readFile(join(projectRoot, "docs/THREAT-MODEL.md"), "utf8");
const references = [...page.matchAll(/`([^`]+\.(?:t\.sol|test\.ts))` › `([^`]+)`/g)].map(
  ([, path = "", name = ""]) => ({ path, name }),
);
const attacks = page
  .split(/^### /m)
  .slice(1)
  .map((text) => text.split(/^## /m)[0] ?? "")
  .map((text) => ({ title: text.split("\n")[0] ?? "", text }));

describe("docs/THREAT-MODEL.md", () => {
  it.each(references)("names a test that is there: $path › $name", async ({ path, name }) => {
    const source = await readFile(join(projectRoot, path), "utf8");
    // A Solidity test by its whole name; others by the words of theirs.
    if (path.endsWith(".t.sol")) expect(source).toContain(`function ${name}(`);
    else expect(source).toMatch(testNamed(name));
  });

  it.each(attacks.filter(({ text }) => text.includes("*Attack.*")))(
    "says of an attack what stops it, where that is seen, and what remains: $title",
    ({ text }) => {
      expect(text).toContain("*Stopped by.*");
      expect(text).toMatch(/\*Seen to fail\.\* `/);
      expect(text).toMatch(/\*Remains\.\* \S/);
    },
  );

  it("says the figures of collusion as the binomial gives them", () => {
    const rows = [...page.matchAll(/^\| (\d+) % \|(.*)\|$/gm)];
    expect(rows).toHaveLength(5);
    for (const [, percent, cells = ""] of rows) {
      const said = cells.split("|").map((cell) => cell.trim());
      const given = [3, 5, 9, 15].map((seats) => majority(seats, Number(percent) / 100));
      for (const [i, chance] of given.entries()) {
        if (said[i] === "< 0.01 %") expect(chance).toBeLessThan(0.0001);
        else expect(said[i]).toBe(`${(100 * chance).toFixed(chance < 0.001 ? 2 : 1)} %`);
      }
    }
  });
});

/** A call of `it`, `test` or `describe` whose name, or a case of whose table, contains the words. */
function testNamed(name: string): RegExp {
  const words = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\b(it|test|describe)\\b[^;]*?${words}`);
}

/** Chance that more than half of the seats go to a share of the stake. */
function majority(seats: number, share: number): number {
  let chance = 0;
  for (let won = (seats + 1) / 2; won <= seats; won++) {
    chance += choose(seats, won) * share ** won * (1 - share) ** (seats - won);
  }
  return chance;
}

function choose(from: number, taken: number): number {
  return taken === 0 ? 1 : (choose(from - 1, taken - 1) * from) / taken;
}
