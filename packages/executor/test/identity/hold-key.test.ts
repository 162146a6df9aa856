import { zeroAddress } from "viem";
import { expect, it } from "vitest";

import { holdKey } from "../../src/identity/hold-key.ts";

const KEY = { chainId: 1, market: zeroAddress, operator: zeroAddress, endpoint: "http://a" };
const inUse = expect.objectContaining({ code: "key-in-use" });

it("holds a key once, whatever its letters' case and the endpoint, until it is freed", async () => {
  const operator = `0x${process.pid.toString(16).padStart(39, "0")}a` as const;
  const key = { ...KEY, operator };
  const free = await holdKey(key);
  await expect(holdKey(key)).rejects.toEqual(inUse);
  const same = {
    ...key,
    operator: operator.replace("a", "A") as typeof operator,
    endpoint: "http://b",
  };
  await expect(holdKey(same)).rejects.toEqual(inUse);
  await free();
  await (await holdKey(key))();
});

it("tells local chains apart by where they are, since they share ids, contracts and keys", async () => {
  const free = await holdKey({ ...KEY, chainId: 31_337, endpoint: `http://a/${process.pid}` });
  await (await holdKey({ ...KEY, chainId: 31_337, endpoint: `http://b/${process.pid}` }))();
  await free();
});

it("holds nothing where a name would outlive its process", async () => {
  const free = await holdKey(KEY, "darwin");
  await expect(holdKey(KEY, "darwin")).resolves.toBeTypeOf("function");
  await free();
});
