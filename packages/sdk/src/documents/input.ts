import * as z from "zod";
import { bytes32, cid, integer } from "./fields.ts";

/** Items of the largest bag. */
export const MAX_VOLUME = 2 ** 20;

/** What a program reads: a folder that every run sees, and the items of a bag, one a run. */
export const inputSchema = z.strictObject({
  deco: z.literal("input/1"),
  /** For circuits: what the input commits to, a number below the field's order; proofs are checked against it. */
  commitment: bytes32.exactOptional(),
  /** 32 random bytes in private inputs, so that nobody finds what can be guessed by its digest. */
  salt: bytes32.exactOptional(),
  /** UnixFS folder, shown to the program as /in. */
  files: cid.exactOptional(),
  items: z
    .strictObject({
      /** UnixFS file of count x 32 bytes: the SHA-256 digests of the items, in order. */
      list: cid,
      /** At least 2: a bag of one is a single run. Equals the request's volume. */
      count: integer(2, MAX_VOLUME),
    })
    .exactOptional(),
});
export type InputDocument = z.infer<typeof inputSchema>;
