import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import {
  checkReceipt,
  encodeDocument,
  type ReceiptDocument,
  receiptNameOf,
  receiptTypedData,
  signedReceiptSchema,
} from "../../src/index.ts";

const operator = privateKeyToAccount(`0x${"11".repeat(32)}`);
const stranger = privateKeyToAccount(`0x${"22".repeat(32)}`);
const domain = { chainId: 31_337, market: "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9" } as const;
const taskId = `0x${"ab".repeat(32)}` as const;
const result = `0x${"cd".repeat(32)}` as const;
const receipt: ReceiptDocument = {
  ...{ deco: "receipt/1", task: taskId, provider: 7, round: 1, result },
  engine: { name: "wasm", version: "14.1" },
  timings: { fetchMillis: 12, prepareMillis: 40, runMillis: 1_500 },
  ...{ runs: 3, cpuMillis: 1_450, peakMemoryBytes: 33_554_432, fuelUsed: "12" },
};
const expected = { taskId, provider: 7, round: 1, result, operators: [operator.address] };

async function signed(document = receipt, signer = operator, where = domain) {
  return await signer.signTypedData(receiptTypedData(where, document));
}

function sealed(document: ReceiptDocument, signature: string): Uint8Array {
  return encodeDocument(signedReceiptSchema, {
    ...{ deco: "signed-receipt/1", receipt: document, signature },
  });
}

describe("a signed receipt", () => {
  test("is its provider's word", async () => {
    const bytes = sealed(receipt, await signed());
    expect(await checkReceipt(domain, bytes, expected)).toEqual({
      ...{ ok: true, receipt, signer: operator.address },
    });
  });

  test("stays it when the provider has changed its key", async () => {
    const operators = [operator.address, stranger.address];
    const bytes = sealed(receipt, await signed());
    expect(await checkReceipt(domain, bytes, { ...expected, operators })).toMatchObject({
      ok: true,
    });
  });

  test("has a name that says whose it is", () => {
    const name = receiptNameOf(taskId.toUpperCase().replace("0X", "0x") as `0x${string}`, 7);
    expect(name).toBe(`receipts/${taskId}/7`);
  });
});

describe("an altered receipt", () => {
  test.each<[string, Partial<ReceiptDocument>]>([
    ["processor time", { cpuMillis: 1 }],
    ["memory", { peakMemoryBytes: 1 }],
    ["energy that was not measured", { energyMillijoules: 1 }],
    ["runs", { runs: 4 }],
    ["engine", { engine: { name: "oci", version: "14.1" } }],
    ["timings", { timings: { fetchMillis: 12, prepareMillis: 40, runMillis: 1 } }],
  ])("%s: signature-invalid", async (_what, change) => {
    const bytes = sealed({ ...receipt, ...change }, await signed());
    expect(await checkReceipt(domain, bytes, expected)).toMatchObject({
      ...{ ok: false, fault: "signature-invalid" },
    });
  });

  test.each<[string, Partial<ReceiptDocument>, string]>([
    ["task", { task: `0x${"01".repeat(32)}` }, "other-seat"],
    ["provider", { provider: 8 }, "other-seat"],
    ["round", { round: 2 }, "other-seat"],
    ["result", { result: `0x${"01".repeat(32)}` }, "other-result"],
  ])("of another %s, signed as such: refused", async (_what, change, fault) => {
    const other = { ...receipt, ...change };
    const bytes = sealed(other, await signed(other));
    expect(await checkReceipt(domain, bytes, expected)).toMatchObject({ ok: false, fault });
  });

  test("signed by another key: signature-invalid", async () => {
    const bytes = sealed(receipt, await signed(receipt, stranger));
    expect(await checkReceipt(domain, bytes, expected)).toMatchObject({
      fault: "signature-invalid",
    });
  });

  test.each([
    ["chain", { ...domain, chainId: 1 }],
    ["market", { ...domain, market: stranger.address }],
  ])("signed for another %s: signature-invalid", async (_what, where) => {
    const bytes = sealed(receipt, await stranger.signTypedData(receiptTypedData(where, receipt)));
    const operators = [stranger.address];
    const there = await checkReceipt(where, bytes, { ...expected, operators });
    const here = await checkReceipt(domain, bytes, { ...expected, operators });
    expect([there.ok, here]).toMatchObject([true, { fault: "signature-invalid" }]);
  });

  test("with a signature that no key makes: signature-invalid", async () => {
    const bytes = sealed(receipt, `0x${"00".repeat(65)}`);
    expect(await checkReceipt(domain, bytes, expected)).toMatchObject({
      fault: "signature-invalid",
    });
  });

  test.each([
    ["rubbish", new TextEncoder().encode("not a document")],
    ["an unsigned one", new TextEncoder().encode('{"deco":"receipt/1"}')],
    ["nothing", new Uint8Array()],
  ])("%s: malformed", async (_what, bytes) => {
    expect(await checkReceipt(domain, bytes, expected)).toMatchObject({ fault: "malformed" });
  });
});
