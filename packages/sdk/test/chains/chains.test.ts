import { expect, test } from "vitest";
import { chainFacts, chainFactsOf } from "../../src/index.ts";

test("each chain is found by its id and by its word, and only once", () => {
  for (const chain of chainFacts) {
    expect(chainFactsOf(chain.id)).toBe(chain);
    expect(chainFactsOf(chain.network)).toBe(chain);
  }
  expect(new Set(chainFacts.map(({ id }) => id)).size).toBe(chainFacts.length);
  expect(new Set(chainFacts.map(({ network }) => network)).size).toBe(chainFacts.length);
  expect(chainFactsOf(5)).toBeUndefined();
  expect(chainFactsOf("mainnet")).toBeUndefined();
});

test("sortition is sound only where prevrandao is the beacon chain's, or on a local chain", () => {
  for (const { prevrandao, soundRandomness } of chainFacts) {
    const sound = { beacon: "prevrandao", local: "block-hash", relayed: undefined };
    expect(soundRandomness).toBe(prevrandao === "constant" ? undefined : sound[prevrandao]);
  }
});

test("public chains have an explorer, and test networks settle on test networks", () => {
  for (const chain of chainFacts) {
    if (chain.purpose !== "local") expect(chain.explorer?.apiUrl).toMatch(/^https:/);
    if (chain.settlesOn === undefined) continue;
    expect(chainFactsOf(chain.settlesOn)?.purpose).toBe(chain.purpose);
  }
});
