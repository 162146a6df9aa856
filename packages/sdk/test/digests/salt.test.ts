import { createHmac } from "node:crypto";
import { encodeAbiParameters, hexToBytes, keccak256, toHex } from "viem";
import { expect, test } from "vitest";
import { saltOf } from "../../src/digests/salt.ts";
import { DecoUsageError } from "../../src/errors/usage-error.ts";

const secret = new Uint8Array(32).fill(7);
const base = {
  secret,
  chainId: 31_337,
  market: "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9",
  taskId: keccak256(toHex("task")),
  round: 2,
} as const;

test("is HMAC-SHA256 over four words", () => {
  const words = encodeAbiParameters(
    [{ type: "uint256" }, { type: "address" }, { type: "bytes32" }, { type: "uint256" }],
    [31_337n, base.market, base.taskId, 2n],
  );
  const expected = createHmac("sha256", secret).update(hexToBytes(words)).digest("hex");
  expect(saltOf(base)).toBe(`0x${expected}`);
});

test("every member counts", () => {
  const salts = [
    saltOf(base),
    saltOf({ ...base, secret: new Uint8Array(32).fill(8) }),
    saltOf({ ...base, chainId: 1 }),
    saltOf({ ...base, market: "0x5FbDB2315678afecb367f032d93F642f64180aa3" }),
    saltOf({ ...base, taskId: keccak256(toHex("other")) }),
    saltOf({ ...base, round: 3 }),
  ];
  expect(new Set(salts).size).toBe(salts.length);
});

test("the market's spelling does not count", () => {
  expect(saltOf({ ...base, market: "0xdc64a140aa3e981100a9beca4e685f962f0cf6c9" })).toBe(
    saltOf(base),
  );
});

test("a short secret is refused", () => {
  const call = () => saltOf({ ...base, secret: new Uint8Array(31) });
  expect(call).toThrow(DecoUsageError);
  expect(call).toThrow(expect.objectContaining({ code: "salt-secret-invalid" }));
});
