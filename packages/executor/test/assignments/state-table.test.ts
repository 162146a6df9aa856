import { expect, it } from "vitest";

import { TRANSITIONS } from "../../src/assignments/states.ts";
import { movesOfHandlers } from "./sweep.ts";

const declared = Object.entries(TRANSITIONS).flatMap(([from, tos]) =>
  tos.map((to) => `${from} > ${to}`),
);

it("the state table has the moves that handlers make, and no others", async () => {
  const made = await movesOfHandlers();
  expect([...made].sort()).toEqual([...declared].sort());
}, 60_000);
