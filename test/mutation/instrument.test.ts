import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { projectRoot } from "../../scripts/lib/project.ts";
import { instrument } from "./instrument.ts";
import { parseOptions } from "./options.ts";
import type { Node } from "./syntax.ts";
import { targets } from "./targets.ts";

const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };

function compile(sources: Record<string, string>, output: string) {
  return JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: Object.fromEntries(
          Object.entries(sources).map(([name, content]) => [name, { content }]),
        ),
        settings: { outputSelection: { "*": { "": [output] } } },
      }),
    ),
  );
}

const file = "contracts/Toy.sol";
const source = `pragma solidity ^0.8.28;
contract Toy {
    error No(uint256 a, uint256 b);
    uint256 private constant LIMIT = 7;
    uint256 public sum;
    function add(uint256 amount, uint256 other) external {
        if (amount == 0 || amount > LIMIT) revert No(amount, other);
        sum += amount;
        for (uint256 i = 0; i < other; ++i) {
            sum = _mix(amount, other) << 1;
        }
    }
    function _mix(uint256 a, uint256 b) private pure returns (uint256) {
        return 1 << (a - b);
    }
}
`;

describe("mutants of a contract", () => {
  const tree = compile({ [file]: source }, "ast").sources[file].ast as Node;
  const { text, mutants } = instrument(file, source, tree, 1);
  const changes = mutants.map(({ key }) => key.replace(/^\S+ /, "").replace(/ in: .*/, ""));

  it("has each kind of change, by name", () => {
    expect(changes).toEqual(
      expect.arrayContaining([
        "add: guard: amount == 0 || amount > LIMIT -> false",
        "add: boolean: || -> &&",
        "add: comparison: > -> >=",
        "add: comparison: > -> <=",
        "add: comparison: == -> !=",
        "add: constant: LIMIT -> (LIMIT + 1)",
        "add: constant: 0 -> 1",
        "add: arithmetic: += -> -=",
        "add: deletion: sum += amount -> nothing",
        "add: swap: amount, other -> other, amount",
        "_mix: arithmetic: - -> +",
        "_mix: arithmetic: << -> >>",
      ]),
    );
  });

  it("leaves alone what could not be compiled or would never end", () => {
    expect(changes.filter((change) => change.includes("++i"))).toEqual([]);
    expect(changes.filter((change) => /_mix: constant/.test(change))).toEqual([]);
    expect(text).toContain("uint256 private constant LIMIT = 7;");
  });

  it("gives each mutant a number and a name of its own", () => {
    expect(mutants.map(({ id }) => id)).toEqual(mutants.map((_, index) => index + 1));
    expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
  });

  it("compiles with all of them in it", () => {
    const stub =
      "pragma solidity ^0.8.28; library Mutants { function on(uint256) internal pure returns (bool) { return false; } }";
    const { errors = [] } = compile(
      { [file]: text, "contracts/libraries/Mutants.sol": stub },
      "ast",
    );
    const wrong = errors.filter(({ severity }: { severity: string }) => severity === "error");
    expect(wrong).toEqual([]);
  });
});

it("has targets that exist", () => {
  for (const { files, tests } of Object.values(targets)) {
    const paths = [...files, ...tests.map((name) => `test/contracts/market/${name}.t.sol`)];
    for (const path of paths) expect(existsSync(join(projectRoot, path)), path).toBe(true);
  }
});

describe("options", () => {
  it("run everything unless told otherwise", () => {
    expect(parseOptions([])).toMatchObject({ sample: undefined, seed: 1, json: false });
    expect(parseOptions(["--only", "voting", "--sample=5"])).toMatchObject({
      ...{ subjects: ["voting"], sample: 5 },
    });
  });

  it.each([[["--only", "x"]], [["--sample", "0"]], [["--seed", "-1"]], [["--fast"]]])(
    "refuse %j",
    (args) => expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: "USAGE" })),
  );
});
