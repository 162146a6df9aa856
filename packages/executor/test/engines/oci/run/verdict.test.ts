import { describe, expect, it } from "vitest";
import { judge } from "../../../../src/engines/oci/run/verdict.ts";

describe("judging how a container ended", () => {
  it.each([0, 1, 127, 128, 193, 255])("takes exit code %i as the program's word", (exitCode) => {
    expect(judge({ exitCode, oomKilled: false }, undefined)).toEqual({
      kind: "completed",
      exitCode,
    });
  });

  it.each([129, 139, 143, 192])("takes exit code %i as a signal", (exitCode) => {
    expect(judge({ exitCode, oomKilled: false }, undefined)).toMatchObject({ reason: "killed" });
  });

  it("takes a file beyond its size, and memory, as limits", () => {
    expect(judge({ exitCode: 153, oomKilled: false }, undefined)).toMatchObject({
      reason: "limit-exceeded",
    });
    expect(judge({ exitCode: 0, oomKilled: true }, undefined)).toMatchObject({
      reason: "limit-exceeded",
    });
  });

  it.each(["wall", "stdout", "stderr"] as const)(
    "takes an intervention for %s as a limit",
    (why) => {
      expect(judge({ exitCode: 0, oomKilled: false }, why)).toMatchObject({
        reason: "limit-exceeded",
      });
    },
  );

  it("has one name for a kill, whether or not the engine says that it was for memory", () => {
    for (const oomKilled of [true, false]) {
      expect(judge({ exitCode: 137, oomKilled }, undefined)).toMatchObject({
        ...{ kind: "abstained", reason: "limit-exceeded" },
        detail: expect.stringContaining("limit of memory"),
      });
    }
  });
});
