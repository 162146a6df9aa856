import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

import { ASSIGNMENT_STATES, TRANSITIONS } from "../../src/assignments/states.ts";
import { movesOfHandlers } from "./sweep.ts";

const declared = Object.entries(TRANSITIONS).flatMap(([from, tos]) =>
  tos.map((to) => `${from} > ${to}`),
);

it("the state table has the moves that handlers make, and no others", async () => {
  const made = await movesOfHandlers();
  expect([...made].sort()).toEqual([...declared].sort());
}, 60_000);

it("docs/EXECUTOR.md draws the same moves, each once, and explains every state", async () => {
  const text = await readFile(new URL("../../../../docs/EXECUTOR.md", import.meta.url), "utf8");
  const drawn = [...text.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(
    ([, from, to]) => `${from} > ${to}`,
  );
  expect(drawn.sort()).toEqual([...declared].sort());
  const explained = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
  expect(explained).toEqual([...ASSIGNMENT_STATES]);
});
