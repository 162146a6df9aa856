import type { CID } from "multiformats/cid";
import { blockMatches } from "../blocks/verify-block.ts";

/** Largest block that bitswap carries; no source may send more. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024;

/** What a gateway did with one request. */
export type GatewayAnswer =
  | { readonly kind: "block"; readonly bytes: Uint8Array }
  /** It says that it does not have the block. */
  | { readonly kind: "absent" }
  /** It sent something else than what the CID names. */
  | { readonly kind: "lied" }
  /** It could not be reached, failed, or is busy: asking again may help. */
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Asks a trustless gateway for one raw block and verifies it. Redirects are not followed: the
 * operator named this host and no other.
 * @throws the signal's reason when it is aborted
 */
export async function askGateway(
  gateway: string,
  cid: CID,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  try {
    const response = await fetch(`${gateway}/ipfs/${cid.toString()}?format=raw`, {
      headers: { accept: "application/vnd.ipld.raw" },
      redirect: "error",
      signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const gone = response.status === 404 || response.status === 410;
      return gone ? { kind: "absent" } : { kind: "failed", error: `HTTP ${response.status}` };
    }
    const bytes = await readAtMost(response.body, MAX_BLOCK_BYTES);
    if (bytes === undefined || !blockMatches(cid, bytes)) return { kind: "lied" };
    return { kind: "block", bytes };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", error };
  }
}

/** The whole body, or undefined as soon as it exceeds `limit` bytes. */
async function readAtMost(
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
