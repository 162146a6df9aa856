import { expect, test } from "vitest";
import { z } from "zod";
import {
  bagSchema,
  checkpointSchema,
  circuitDraftSchema,
  circuitSchema,
  inputSchema,
  jobSchema,
  programDraftSchema,
  programSchema,
  providerSchema,
  receiptSchema,
  resultSchema,
  sealedInputSchema,
  signedReceiptSchema,
} from "../../src/index.ts";

/**
 * The published JSON Schemas, for editors and other languages. Run vitest with -u after a change. Rules
 * that JSON Schema cannot say (sorted paths, canonical base 64, sizes in bytes) stand in docs/DOCUMENTS.md.
 */
test.each<[string, z.ZodType]>([
  ["program-1", programSchema],
  ["program-draft-1", programDraftSchema],
  ["input-1", inputSchema],
  ["sealed-input-1", sealedInputSchema],
  ["result-1", resultSchema],
  ["bag-1", bagSchema],
  ["checkpoint-1", checkpointSchema],
  ["circuit-1", circuitSchema],
  ["circuit-draft-1", circuitDraftSchema],
  ["receipt-1", receiptSchema],
  ["signed-receipt-1", signedReceiptSchema],
  ["provider-1", providerSchema],
  ["job-1", jobSchema],
])("%s", async (name, schema) => {
  const json = `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`;
  await expect(json).toMatchFileSnapshot(`../../schemas/${name}.schema.json`);
});
