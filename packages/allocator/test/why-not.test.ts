import { expect, it } from "vitest";

import type { Lack } from "../src/index.ts";
import { type Asked, whyNot } from "../src/matching/why-not.ts";

const lack = (of: Lack["of"], count = 1): Lack[] =>
  Array.from({ length: count }, () => ({ of, detail: `About ${of}.` }));
const asked = (more: Partial<Asked>): Asked => ({
  ...{ wanted: 3, lacks: [], refusals: [], silent: 0, offered: 0, able: 0 },
  ...more,
});

it("names the resource that most lack, and the rarest of those that are lacking equally often", () => {
  const lacks = [...lack("cpu", 2), ...lack("accelerator"), ...lack("memory", 2)];
  expect(whyNot(asked({ lacks }))).toEqual({
    reason: "no-memory",
    detail:
      "3 wanted of 5 providers: 2 without memory; 2 without processor time; 1 without the accelerators. About memory.",
  });
});

it("names it where it is what the order fails for, and only there", () => {
  const lacks = lack("disk");
  expect(whyNot(asked({ lacks, able: 2 })).reason).toBe("no-disk");
  // With all the disk in the world there would be too few.
  expect(whyNot(asked({ lacks, able: 1 })).reason).toBe("no-offers");
  // Enough could, and did not want to.
  const refusing = asked({ lacks, able: 4, refusals: ["price-too-low"], offered: 2 });
  expect(whyNot(refusing).reason).toBe("too-few-offers");
});

it("tells what came of those that were asked", () => {
  const refusals = ["requester-denied", "price-too-low", "price-too-low"];
  expect(whyNot(asked({ able: 5, refusals, silent: 1, offered: 1 }))).toEqual({
    reason: "too-few-offers",
    detail:
      "3 wanted of 5 providers: 3 refused (price-too-low, requester-denied); 1 silent; 1 offered.",
  });
  expect(whyNot(asked({}))).toEqual({ reason: "no-offers", detail: "3 wanted of 0 providers." });
});
