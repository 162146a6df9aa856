import { describe, expect, it } from "vitest";

import {
  type FileResult,
  summed,
  withSecondLook,
  worthASecondLook,
} from "../../../scripts/test/second-look.ts";

const file = (name: string, passed: number, ...failures: string[]): FileResult => ({
  ...{ name, passed, skipped: 0, failures },
});

describe("which files are worth a second look", () => {
  it("are those that failed", () => {
    expect(worthASecondLook([file("a", 1), file("b", 1, "x"), file("c", 0, "y")])).toEqual([
      ...["b", "c"],
    ]);
    expect(worthASecondLook([file("a", 1)])).toEqual([]);
  });

  it("are none where more failed than a busy machine explains", () => {
    const files = ["a", "b", "c", "d", "e"].map((name) => file(name, 1, "x"));
    expect(worthASecondLook(files.slice(1))).toHaveLength(4);
    expect(worthASecondLook(files)).toEqual([]);
  });

  it("are none where chance decides what is tried", () => {
    for (const name of ["test/faults/a.test.ts", "packages/x/test/crash/a.test.ts"]) {
      expect(worthASecondLook([file("b", 1, "x"), file(name, 1, "x")])).toEqual([]);
    }
  });
});

describe("two looks together", () => {
  const first = [file("a", 3), file("b", 1, "x", "y"), file("c", 0, "z")];

  it("take the second's word, and name what was unsteady", () => {
    expect(withSecondLook(first, [file("b", 2, "y"), file("c", 1)], 1)).toEqual({
      ...{ passed: 6, failed: 1, skipped: 0, failures: ["b: y"] },
      unsteady: ["b: x", "c: z"],
    });
  });

  it("keep the first's where the second has none", () => {
    expect(withSecondLook(first, [file("c", 1)], 1)).toMatchObject({
      ...{ failed: 2, failures: ["b: x", "b: y"], unsteady: ["c: z"] },
    });
    expect(withSecondLook(first, [], 1)).toMatchObject({ failed: 3, unsteady: [] });
  });

  it("fail when the second ends badly though all of its tests pass", () => {
    expect(withSecondLook([file("c", 0, "z")], [file("c", 1)], 1)).toMatchObject({
      ...{ failed: 1, failures: ["vitest ended with code 1"] },
    });
  });
});

describe("one look", () => {
  it("is summed", () => {
    expect(summed([file("a", 3), file("b", 1, "x")], 1)).toEqual({
      ...{ passed: 4, failed: 1, skipped: 0, failures: ["b: x"] },
    });
    expect(summed([file("a", 3)], 9)).toMatchObject({ failed: 1 });
  });
});
