import { parseEther } from "viem";
import { describe, expect, it } from "vitest";

import { DECO, formatAmount, formatSeconds, formatShare } from "../../src/output/format.ts";
import { toJsonLine } from "../../src/output/json.ts";
import { styleFor } from "../../src/output/style.ts";
import { formatTable } from "../../src/output/table.ts";

describe("formatAmount", () => {
  it.each([
    [parseEther("1.5"), "1.5 DECO"],
    [parseEther("1000"), "1000 DECO"],
    [parseEther("0.3249999"), "0.324999 DECO"],
    [1n, "< 0.000001 DECO"],
    [0n, "0 DECO"],
  ])("writes %d as %s", (amount, text) => {
    expect(formatAmount(amount, DECO)).toBe(text);
  });
});

describe("formatSeconds and formatShare", () => {
  it("choose the unit that people would", () => {
    expect([45, 125, 3_600 * 3 + 120].map(formatSeconds)).toEqual([
      "45 s",
      "2 min 5 s",
      "3 h 2 min",
    ]);
    expect([6_000, 3_350].map(formatShare)).toEqual(["60 %", "33.5 %"]);
  });
});

describe("formatTable", () => {
  it("aligns columns and leaves no blanks at the ends", () => {
    expect(formatTable(["A", "LONG"], [["wide", ""]])).toEqual(["A     LONG", "wide"]);
  });
});

describe("toJsonLine", () => {
  it("writes large integers as text, in one line", () => {
    expect(toJsonLine({ a: 2n ** 70n, b: "x\ny" })).toBe(
      '{"a":"1180591620717411303424","b":"x\\ny"}',
    );
  });
});

describe("styleFor", () => {
  it("colours terminals only, and not those that ask for none", () => {
    expect(styleFor({ isTTY: true }, {}).good("x")).toBe("\u001b[32mx\u001b[0m");
    expect(styleFor({ isTTY: true }, { NO_COLOR: "1" }).good("x")).toBe("x");
    expect(styleFor({}, {}).good("x")).toBe("x");
  });
});
