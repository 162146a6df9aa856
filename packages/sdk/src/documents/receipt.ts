import * as z from "zod";
import { bytes32, decimal, integer, text } from "./fields.ts";

const millis = integer(0, 10 ** 12);

/** A provider's own measurements of a seat. They differ between honest machines, so nobody votes on them. */
export const receiptSchema = z.strictObject({
  deco: z.literal("receipt/1"),
  task: bytes32,
  provider: integer(1, 2 ** 32 - 1),
  /** Round in which the seat was held. */
  round: integer(1, 15),
  /** Digest of the result document (single run) or of the manifest (bag) that these measurements belong to. */
  result: bytes32,
  engine: z.strictObject({ name: text(32), version: text(128) }),
  /** Wall-clock times in milliseconds. */
  timings: z.strictObject({
    /** Fetching and verifying program and input. */
    fetchMillis: millis,
    /** Making the program ready: compiling a module, loading an image. */
    prepareMillis: millis,
    /** All runs of the program, from the first start to the last end. */
    runMillis: millis,
  }),
  /** Runs measured: 1, or the items of a bag; fewer when the provider restarted in the middle. */
  runs: integer(1, 2 ** 20),
  /** Processor time of all runs. */
  cpuMillis: millis,
  /** Largest resident memory of any run. */
  peakMemoryBytes: integer(0),
  /** Metered instructions of all runs (wasm). */
  fuelUsed: decimal.exactOptional(),
  /** What the whole machine's processors drew during the runs, where it can tell. */
  energyMillijoules: integer(0).exactOptional(),
});
export type ReceiptDocument = z.infer<typeof receiptSchema>;

/** A receipt as it is published: signed by the operator key of its provider. */
export const signedReceiptSchema = z.strictObject({
  deco: z.literal("signed-receipt/1"),
  receipt: receiptSchema,
  /** EIP-712, 65 bytes, of `Receipt` in the market's domain; see `receiptTypedData`. */
  signature: z.string().regex(/^0x[0-9a-f]{130}$/),
});
export type SignedReceiptDocument = z.infer<typeof signedReceiptSchema>;
