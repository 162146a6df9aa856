import type { RefusalReport } from "@deco-network/requester";
import { describe, expect, it } from "vitest";

import { refusalLines } from "../../src/output/refusals-text.ts";

const told = (
  provider: number,
  code?: string,
  detail?: string,
  waiting?: string,
): RefusalReport => ({
  ...{ provider, status: "told" },
  refusals: code
    ? [{ round: 1, source: "market", code, at: 0, ...(detail !== undefined && { detail }) }]
    : [],
  ...(waiting !== undefined && { waiting }),
});
const silent: RefusalReport = { provider: 9, status: "silent", code: "timeout" };

describe("why providers take no seat", () => {
  it("is said with what the requester can do", () => {
    expect(refusalLines([told(3, "memory-limit", "3 of 2 bytes"), silent, told(4)])).toEqual([
      "Why they take no seat, as providers say:",
      "  provider 3 refuses: memory-limit: One run may take more memory than there is for all. (3 of 2 bytes)",
      "    Lower the program's memory and output limits.",
    ]);
    expect(refusalLines([told(5, undefined, undefined, "input-missing")])[1]).toMatch(
      /^ {2}provider 5 waits: input-missing: /,
    );
  });

  it("is told by its code alone when a newer provider has one that is not known", () => {
    expect(refusalLines([told(3, "moon-too-full")])[1]).toBe("  provider 3 refuses: moon-too-full");
  });

  it("cannot steer a terminal", () => {
    const [, line] = refusalLines([told(3, "image-invalid", "\u001b[2J\u202ex")]);
    expect(line).toContain("(\\u{1b}[2J\\u{202e}x)");
  });

  it("says when there is nobody to ask, or nobody has a reason", () => {
    expect(refusalLines([])).toEqual([expect.stringContaining("No provider describes")]);
    expect(refusalLines([silent, told(1)])).toEqual([
      "1 of 2 providers answer; none has a reason.",
    ]);
  });
});
