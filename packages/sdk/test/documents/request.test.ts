import { describe, expect, it } from "vitest";

import {
  type Request,
  requestFields,
  requestSchema,
  requestToJson,
  taskIdOf,
} from "../../src/index.ts";

const DOMAIN = { chainId: 31_337, market: `0x${"d".repeat(40)}` } as const;

/** Each field has the largest value of its Solidity type. */
const largest = Object.fromEntries(
  requestFields.map(({ name, type }) => {
    const bits = Number(/^uint(\d+)$/.exec(type)?.[1] ?? 0);
    if (bits > 48) return [name, 2n ** BigInt(bits) - 1n];
    if (bits > 0) return [name, 2 ** bits - 1];
    return [name, `0x${"f".repeat(type === "address" ? 40 : 64)}`];
  }),
) as unknown as Request;

describe("a request as plain JSON", () => {
  it("has every field that is signed, in the largest value of its type", () => {
    expect(Object.keys(requestSchema.shape).sort()).toEqual(
      requestFields.map(({ name }) => name).sort(),
    );
    const again = requestSchema.parse(JSON.parse(JSON.stringify(requestToJson(largest))));
    expect(again).toEqual(largest);
    expect(taskIdOf(DOMAIN, again)).toBe(taskIdOf(DOMAIN, largest));
  });

  it("has one spelling, whatever the case of addresses", () => {
    const checksummed = {
      ...largest,
      token: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    } as const;
    const json = requestToJson(checksummed);
    expect(json.token).toBe(checksummed.token.toLowerCase());
    expect(requestSchema.safeParse({ ...json, token: checksummed.token }).success).toBe(false);
    expect(taskIdOf(DOMAIN, requestSchema.parse(json))).toBe(taskIdOf(DOMAIN, checksummed));
  });

  it("refuses what no contract could read", () => {
    const json = requestToJson(largest);
    for (const wrong of [
      { replicas: 256 },
      { replicas: -1 },
      { replicas: 1.5 },
      { nonce: String(2n ** 256n) },
      { minPrice: String(2n ** 96n) },
      { maxPrice: "01" },
      { program: "0x12" },
      { requester: undefined },
      { more: 1 },
    ]) {
      expect(requestSchema.safeParse({ ...json, ...wrong }).success).toBe(false);
    }
  });
});
