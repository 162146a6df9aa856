import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  bagSchema,
  checkpointSchema,
  circuitDraftSchema,
  circuitSchema,
  inputSchema,
  jobSchema,
  parseDocumentText,
  programDraftSchema,
  programSchema,
  providerSchema,
  receiptSchema,
  resultSchema,
  sealedInputSchema,
  signedReceiptSchema,
} from "../../src/index.ts";

const page = readFileSync(new URL("../../../../docs/DOCUMENTS.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => json);

const schemas: Readonly<Record<string, z.ZodType>> = {
  "program/1": z.union([programSchema, programDraftSchema]),
  "input/1": inputSchema,
  "sealed-input/1": sealedInputSchema,
  "result/1": resultSchema,
  "bag/1": bagSchema,
  "checkpoint/1": checkpointSchema,
  "circuit/1": z.union([circuitSchema, circuitDraftSchema]),
  "receipt/1": receiptSchema,
  "signed-receipt/1": signedReceiptSchema,
  "provider/1": providerSchema,
  "job/1": jobSchema,
};

test("the page shows every kind of document", () => {
  const kinds = examples.map((json) => JSON.parse(json).deco);
  expect(new Set(kinds)).toEqual(new Set(Object.keys(schemas)));
});

test.each(examples)("example %# is valid", (json) => {
  const schema = schemas[JSON.parse(json).deco] ?? expect.unreachable("no such schema");
  expect(parseDocumentText(schema, json)).toEqual(JSON.parse(json));
});
