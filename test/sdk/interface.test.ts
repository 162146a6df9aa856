import { readFile } from "node:fs/promises";
import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  http,
  zeroAddress,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const abi: Abi = JSON.parse(
  await readFile(
    new URL(
      "../../artifacts/contracts/interfaces/IDecoMarket.sol/IDecoMarket.json",
      import.meta.url,
    ),
    "utf8",
  ),
).abi;
const functions = abi.filter((entry): entry is AbiFunction => entry.type === "function");

let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({ accounts: 1 });
}, 120_000);

afterAll(async () => {
  await devnet?.stop();
});

/** The smallest value of a type, as the ABI has it. */
function nothing({ type, ...rest }: AbiParameter): unknown {
  if (type.endsWith("[]")) return [];
  if (type === "tuple" && "components" in rest) {
    return Object.fromEntries(rest.components.map((part) => [part.name, nothing(part)]));
  }
  if (type === "address") return zeroAddress;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type === "bytes") return "0x";
  if (type.startsWith("bytes")) return `0x${"00".repeat(Number(type.slice(5)))}`;
  return Number(type.replace(/\D/g, "")) <= 48 ? 0 : 0n;
}

/** What a call returns, or the data of its revert; undefined when it reverted without a word, as a missing function does. */
async function answer(data: Hex): Promise<Hex | undefined> {
  const response = await fetch(devnet.rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ jsonrpc: "2.0", id: 1, method: "eth_call" },
      params: [{ to: devnet.addresses.market, data }, "latest"],
    }),
  });
  const { result, error } = await response.json();
  if (error === undefined) return result;
  return error.data === "0x" || error.data === undefined ? undefined : error.data;
}

describe("the market", () => {
  // Its fallback finds the module of a call by a list; a call missing there would be found by nobody.
  test.each(functions.map((entry) => [entry.name, entry] as const))(
    "answers %s",
    async (_, entry) => {
      const args = entry.inputs.map(nothing);
      const data = encodeFunctionData({ abi: [entry], functionName: entry.name, args });
      expect(await answer(data)).toBeDefined();
    },
  );

  test("answers nothing else", async () => {
    expect(functions.length).toBeGreaterThan(70);
    expect(await answer("0xdeadbeef")).toBeUndefined();
  });

  test("takes no coins", async () => {
    const client = createPublicClient({ transport: http(devnet.rpcUrl) });
    const [account] = devnet.accounts;
    const call = client.call({ account: account?.address, to: devnet.addresses.market, value: 1n });
    await expect(call).rejects.toThrow();
  });
});
