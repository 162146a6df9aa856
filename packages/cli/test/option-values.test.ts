import { describe, expect, it } from "vitest";

import {
  baseUnits,
  basisPoints,
  decimalText,
  positiveDecimalText,
  tokenRate,
} from "../src/commands/option-values.ts";

const TOKEN = "0x00000000000000000000000000000000000000aa";

describe("option values", () => {
  it("keep amounts exact, as text", () => {
    expect(decimalText("0.080000")).toBe("0.080000");
    expect(positiveDecimalText("2500")).toBe("2500");
    expect(baseUnits("123456789012345678901234567890")).toBe("123456789012345678901234567890");
  });

  it("take percentages as basis points", () => {
    expect(["20", "12.5", "0.01", "0"].map(basisPoints)).toEqual([2_000, 1_250, 1, 0]);
  });

  it("gather tokens, the later of the same one last", () => {
    const first = tokenRate(`${TOKEN}=2000000000`);
    expect(tokenRate(`${TOKEN}=7`, first)).toEqual([
      [TOKEN, "2000000000"],
      [TOKEN, "7"],
    ]);
  });

  it.each([
    [basisPoints, "-1"],
    [basisPoints, "1.234"],
    [decimalText, "1e3"],
    [decimalText, "0.1234567"],
    [positiveDecimalText, "0.00"],
    [baseUnits, "1.5"],
    [tokenRate, "0x12=3"],
    [tokenRate, `${TOKEN}=0`],
    [tokenRate, TOKEN],
    [tokenRate, `${TOKEN}=1=2`],
  ])("refuse what they cannot mean: %o %s", (parse: (text: string) => unknown, text) => {
    expect(() => parse(text)).toThrow("It must be");
  });
});
