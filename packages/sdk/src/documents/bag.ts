import * as z from "zod";
import { cid, integer } from "./fields.ts";
import { MAX_VOLUME } from "./input.ts";

/** Manifest of a bag's result. The chain holds keccak256(root || digest of this document). */
export const bagSchema = z.strictObject({
  deco: z.literal("bag/1"),
  count: integer(2, MAX_VOLUME),
  /** UnixFS file of count x 32 bytes: the digests of the items' result documents, in order. */
  items: cid,
});
export type BagDocument = z.infer<typeof bagSchema>;
