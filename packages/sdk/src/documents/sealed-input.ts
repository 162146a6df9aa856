import * as z from "zod";
import { ageRecipient, bytes32, cid, integer } from "./fields.ts";
import { inputSchema } from "./input.ts";

/**
 * What is public of a private task's input, and what its request names: the ciphertext, what it opens to, and
 * for whom. See docs/PRIVACY.md.
 */
export const sealedInputSchema = z.strictObject({
  deco: z.literal("sealed-input/1"),
  /** Digest of the input document inside, which has a salt: whatever a key opens must have it. */
  input: bytes32,
  /** UnixFS file: an age ciphertext of a tar with `input.json` and `files/`. */
  ciphertext: cid,
  /** Length of the ciphertext. */
  ciphertextBytes: integer(1),
  /** Sum of the sizes of the files inside. */
  bytes: integer(0),
  /** age recipient of the ciphertext; its identity is what seated providers are given. */
  key: ageRecipient,
  /** age recipient to which results are encrypted; its identity never leaves the requester. */
  results: ageRecipient,
});
export type SealedInputDocument = z.infer<typeof sealedInputSchema>;

/** What a request's input digest may name. */
export const inputDocumentSchema = z.discriminatedUnion("deco", [inputSchema, sealedInputSchema]);
