import { describe, expect, it } from "vitest";

import { bumpedFees, replacementFees } from "../../src/transactions/fees.ts";

const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) => ({
  maxFeePerGas,
  maxPriorityFeePerGas,
});
const CHEAP = fees(1n, 1n);

describe("a replacement", () => {
  it("raises both fees by an eighth", () => {
    expect(bumpedFees(fees(800n, 80n), CHEAP)).toEqual(fees(901n, 91n));
  });

  it("follows the chain where that asks for more", () => {
    expect(bumpedFees(fees(800n, 80n), fees(5_000n, 200n))).toEqual(fees(5_000n, 200n));
  });

  it("goes up to the cap, while that is enough of a raise", () => {
    expect(replacementFees(fees(800n, 80n), fees(5_000n, 200n), 1_000n)).toEqual(
      fees(1_000n, 200n),
    );
    expect(replacementFees(fees(800n, 80n), CHEAP, 900n)).toBeUndefined();
    expect(replacementFees(fees(800n, 890n), CHEAP, 1_000n)).toBeUndefined();
  });
});
