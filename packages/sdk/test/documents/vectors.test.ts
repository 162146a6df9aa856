import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hexToBytes } from "viem";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  bagSchema,
  checkpointSchema,
  cidToDigest,
  circuitSchema,
  DecoDocumentError,
  decodeDocument,
  digestToCid,
  documentDigest,
  encodeDocument,
  inputSchema,
  jobSchema,
  programSchema,
  providerSchema,
  receiptSchema,
  resultSchema,
  signedReceiptSchema,
} from "../../src/index.ts";

interface Vectors {
  valid: {
    name: string;
    schema: string;
    value: unknown;
    canonical: string;
    digest: `0x${string}`;
    cid: string;
  }[];
  invalid: {
    name: string;
    schema: string;
    text?: string;
    hex?: `0x${string}`;
    code: string;
    path?: (string | number)[];
  }[];
}

const file = new URL("../vectors/documents.json", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

const schemas: Record<string, z.ZodType> = {
  program: programSchema,
  input: inputSchema,
  result: resultSchema,
  bag: bagSchema,
  checkpoint: checkpointSchema,
  circuit: circuitSchema,
  receipt: receiptSchema,
  "signed-receipt": signedReceiptSchema,
  provider: providerSchema,
  job: jobSchema,
};

function schemaOf(name: string): z.ZodType {
  const schema = schemas[name];
  if (schema === undefined) expect.unreachable(`no schema ${name}`);
  return schema as z.ZodType;
}

describe("published vectors, valid", () => {
  test.each(vectors.valid)("$name", ({ schema, value, canonical, digest, cid }) => {
    const bytes = encodeDocument(schemaOf(schema), value);
    expect(new TextDecoder().decode(bytes)).toBe(canonical);
    expect(documentDigest(bytes)).toBe(digest);
    expect(createHash("sha256").update(canonical).digest("hex")).toBe(digest.slice(2));
    expect(digestToCid(digest)).toBe(cid);
    expect(cidToDigest(cid)).toBe(digest);
    expect(decodeDocument(schemaOf(schema), bytes)).toEqual(value);
  });

  test("there is one for each schema", () => {
    expect(new Set(vectors.valid.map((vector) => vector.schema))).toEqual(
      new Set(Object.keys(schemas)),
    );
  });
});

describe("published vectors, invalid", () => {
  test.each(vectors.invalid)("$name", ({ schema, text, hex, code, path }) => {
    const bytes = hex === undefined ? new TextEncoder().encode(text) : hexToBytes(hex);
    const error = refusal(() => decodeDocument(schemaOf(schema), bytes));
    expect(error.code).toBe(code);
    if (path !== undefined) expect(error.path).toEqual(path);
    expect(error.remedy).not.toBe("");
  });
});

function refusal(action: () => unknown): DecoDocumentError {
  try {
    action();
  } catch (error) {
    if (error instanceof DecoDocumentError) return error;
    throw error;
  }
  return expect.unreachable("the document was accepted");
}
