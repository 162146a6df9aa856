import { programSchema } from "@deco-network/sdk";
import { z } from "zod";

/** What one process of `deco program check` is told. */
export const runSpecSchema = z.strictObject({
  program: programSchema,
  artefact: z.string().optional(),
  input: z.string().optional(),
  /** File with the bytes of a bag's item. */
  item: z.string().optional(),
  workFolder: z.string(),
  docker: z.string().optional(),
});
export type RunSpec = z.infer<typeof runSpecSchema>;

/** What it answers on standard output. */
export const runReportSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("completed"),
    /** Of the result document. */
    digest: z.string().regex(/^0x[0-9a-f]{64}$/),
    exitCode: z.int(),
    fault: z.string().optional(),
    outputBytes: z.number(),
    stderr: z.string(),
    wallMillis: z.number(),
    fuelUsed: z.string().optional(),
  }),
  z.object({ kind: z.literal("abstained"), reason: z.string(), detail: z.string() }),
  z.object({ kind: z.literal("refused"), detail: z.string(), remedy: z.string() }),
]);
export type RunReport = z.infer<typeof runReportSchema>;
