import type { CID } from "multiformats/cid";
import { blockMatches } from "../blocks/verify-block.ts";

/** Largest block that bitswap carries; no source may send more. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024;

/** What a source that is asked over HTTP did with one request. */
export type SourceAnswer =
  | { readonly kind: "block"; readonly bytes: Uint8Array }
  /** It says that it does not have the block. */
  | { readonly kind: "absent" }
  /** It sent something else than what the CID names. */
  | { readonly kind: "lied" }
  /** It could not be reached, failed, or is busy: asking again may help. */
  | { readonly kind: "failed"; readonly error: unknown };

/** The body of an answer as a block, verified; reading stops at the largest block. */
export async function readBlock(cid: CID, body: ReadableStream<Uint8Array>): Promise<SourceAnswer> {
  const bytes = await readAtMost(body, MAX_BLOCK_BYTES);
  if (bytes === undefined || !blockMatches(cid, bytes)) return { kind: "lied" };
  return { kind: "block", bytes };
}

/** The whole body, or undefined as soon as it exceeds `limit` bytes. */
export async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the body, so that a liar cannot go on sending.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
