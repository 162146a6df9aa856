import { describe, expect, test } from "vitest";
import {
  DecoDocumentError,
  decodeDocument,
  encodeDocument,
  formatDocumentPath,
  inputSchema,
  MAX_DOCUMENT_BYTES,
  parseAmount,
  parseDocumentText,
  programDraftSchema,
  providerSchema,
  resolveProgramDraft,
  resultSchema,
} from "../../src/index.ts";

const folder = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DecoDocumentError) return error.code;
    throw error;
  }
  return "none";
}

describe("encodeDocument", () => {
  test("gives the same bytes whatever the order of members", () => {
    const one = encodeDocument(inputSchema, { deco: "input/1", files: folder });
    const other = encodeDocument(inputSchema, { files: folder, deco: "input/1" });
    expect(one).toEqual(other);
  });

  test("refuses what a type checker would have refused", () => {
    const encode = (value: unknown) => () => encodeDocument(resultSchema, value as never);
    expect(codeOf(encode({ deco: "result/1" }))).toBe("schema-mismatch");
    expect(codeOf(encode({ deco: "result/1", exitCode: 0, fault: undefined }))).toBe(
      "schema-mismatch",
    );
    expect(codeOf(encode({ deco: "result/1", exitCode: Number.NaN }))).toBe("number-not-integer");
    expect(codeOf(encode({ deco: "result/1", exitCode: 0, x: "\ud800" }))).toBe("text-invalid");
  });

  test("refuses endless nesting", () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(codeOf(() => encodeDocument(resultSchema, cyclic as never))).toBe("schema-mismatch");
  });

  test("refuses more than one block, on both ways", () => {
    const accelerators = Array.from({ length: 64 }, () => ({
      kind: "gpu",
      vendor: "v",
      model: "m",
      count: 1,
      extra: Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, "x".repeat(256)])),
    }));
    const provider = {
      deco: "provider/1" as const,
      name: "n",
      cpu: { cores: 1 },
      memoryBytes: 1,
      diskBytes: 1,
      accelerators,
      engines: [{ name: "wasm" as const }],
      retentionDays: 0,
    };
    expect(codeOf(() => encodeDocument(providerSchema, provider))).toBe("document-too-large");
    const large = new Uint8Array(MAX_DOCUMENT_BYTES + 1);
    expect(codeOf(() => decodeDocument(providerSchema, large))).toBe("document-too-large");
  });
});

describe("parseDocumentText", () => {
  test("accepts any spelling, but no duplicates", () => {
    expect(parseDocumentText(inputSchema, '{ "deco": "input/1" }\n')).toEqual({ deco: "input/1" });
    const twice = '{ "deco": "input/1", "deco": "input/1" }';
    expect(codeOf(() => parseDocumentText(inputSchema, twice))).toBe("duplicate-key");
  });

  test("is not misled by brackets and quotes inside strings", () => {
    const text = JSON.stringify({ deco: 'x{"deco":[,"]}\\', other: "\\" });
    expect(codeOf(() => parseDocumentText(inputSchema, text))).toBe("schema-mismatch");
  });
});

describe("program drafts", () => {
  const limits = {
    memoryBytes: 65_536,
    outputBytes: 0,
    stdoutBytes: 0,
    wallSeconds: 1,
    fuel: "1",
  };

  test("are completed with the artefact's CID and defaults", () => {
    const draft = parseDocumentText(
      programDraftSchema,
      JSON.stringify({ deco: "program/1", engine: "wasm", module: { file: "a.wasm" }, limits }),
    );
    expect(resolveProgramDraft(draft, folder)).toEqual({
      deco: "program/1",
      engine: "wasm",
      module: folder,
      command: [],
      env: {},
      limits,
      network: "none",
      stdout: false,
    });
  });

  test("that name a file cannot be completed without one", () => {
    const draft = programDraftSchema.parse({
      deco: "program/1",
      engine: "wasm",
      module: { file: "a.wasm" },
      limits,
    });
    expect(codeOf(() => resolveProgramDraft(draft))).toBe("schema-mismatch");
  });
});

describe("parseAmount", () => {
  const usdc = { symbol: "USDC", decimals: 6 };

  test.each([
    ["0", 0n],
    ["1.5", 1_500_000n],
    ["1.5 USDC", 1_500_000n],
    ["0.000001 USDC", 1n],
    ["1500 base", 1500n],
    ["340282366920938463463374607431768211456", 340282366920938463463374607431768211456000000n],
  ])("%s", (text, expected) => {
    expect(parseAmount(text, usdc)).toBe(expected);
  });

  test.each(["1.5 DECO", "1.0000001", "1.5 base", "-1", "1e3", "1,5", ".5", ""])(
    "refuses %j",
    (text) => {
      expect(codeOf(() => parseAmount(text, usdc))).toBe("amount-invalid");
    },
  );
});

test("formatDocumentPath writes JSONPath", () => {
  expect(formatDocumentPath(["a", 0, "b c"])).toBe('$.a[0]["b c"]');
});
