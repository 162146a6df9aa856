import { createHash } from "node:crypto";

import { bagTree } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import { bagRoot } from "../../src/results/bag-root.ts";

describe("bagRoot", () => {
  const digests = (count: number) =>
    new Uint8Array(
      Buffer.concat(
        Array.from({ length: count }, (_, i) => createHash("sha256").update(`${i}`).digest()),
      ),
    );

  it.each([2, 2_048, 2_049, 5_000])(
    "is the SDK's for %i items, beside the event loop or on it",
    async (count) => {
      const all = digests(count);
      expect(await bagRoot(all, new AbortController().signal)).toBe(bagTree(all).root);
    },
  );

  it("ends with its signal", async () => {
    const aborted = bagRoot(digests(100_000), AbortSignal.timeout(20));
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  });
});
