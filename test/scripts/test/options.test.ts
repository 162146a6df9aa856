import { expect, it } from "vitest";

import { ToolError } from "../../../scripts/lib/tool-error.ts";
import { nightlyPhases, parseOptions, phaseNames, usage } from "../../../scripts/test/options.ts";

it("runs every phase unless told otherwise, the long ones at night", () => {
  expect(parseOptions([], true)).toEqual({ phases: phaseNames, json: false, help: false });
  const { phases } = parseOptions([], false);
  expect(phases).toEqual(phaseNames.filter((name) => !nightlyPhases.includes(name)));
  expect(parseOptions(["--only", "planted"], false)).toMatchObject({ phases: ["planted"] });
});

it.each([
  [["--only", "vitest"], ["vitest"]],
  [["--only=vitest"], ["vitest"]],
  [
    ["--only", "docker", "--only", "check", "--only=docker"],
    ["check", "docker"],
  ],
])("runs what is chosen, once each and in order: %j", (args, phases) => {
  expect(parseOptions(args)).toMatchObject({ phases });
});

it("takes flags in any place", () => {
  expect(parseOptions(["--json", "--only", "check", "-h"])).toEqual({
    ...{ phases: ["check"], json: true, help: true },
  });
});

it.each([[["--only"]], [["--only", "turbine"]], [["--only="]], [["--fast"]], [["vitest"]]])(
  "refuses %j with a remedy",
  (args) => {
    expect(() => parseOptions(args)).toThrow(
      expect.objectContaining({ code: "USAGE", remedy: expect.stringContaining(usage) }),
    );
    expect(() => parseOptions(args)).toThrow(ToolError);
  },
);
