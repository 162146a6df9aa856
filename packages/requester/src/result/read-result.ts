import {
  type BagDocument,
  bagResultOf,
  bagSchema,
  bagTree,
  DecoDocumentError,
  decodeDocument,
  documentDigest,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import type { z } from "zod";

import { RequesterError } from "../errors.ts";
import { type Patience, patiently } from "./patience.ts";

/** What settlement said of a result. */
export interface AcceptedResult {
  /** What was voted on. */
  readonly result: Hex;
  /** Digest of the result document, or of a bag's manifest. */
  readonly digest: Hex;
  /** Merkle root of a bag; zero for a single run. */
  readonly root: Hex;
  /** Bytes of the document when they came with the settlement, else `0x`. */
  readonly document: Hex;
}

/** A bag's accepted list of item results. */
export interface AcceptedBag {
  readonly manifest: BagDocument;
  /** Digests of the item results, 32 bytes each. */
  readonly items: Uint8Array;
}

const DIGEST_BYTES = 32;

/**
 * The bytes of the document that settlement named, from the settlement itself if it carries them.
 * @throws RequesterError `result-unavailable`, `result-invalid`, `aborted`
 */
export async function readAccepted(
  storage: Storage,
  { digest, document }: Pick<AcceptedResult, "digest" | "document">,
  patience: Patience,
): Promise<Uint8Array> {
  const carried = hexToBytes(document);
  if (carried.length > 0 && documentDigest(carried) === digest) return carried;
  const { signal } = patience;
  return patiently("result document", patience, () => storage.getDocument(digest, { signal }));
}

/** @throws RequesterError `result-invalid` */
export function parseResult(bytes: Uint8Array): ResultDocument {
  return parse(resultSchema, bytes, "result");
}

/**
 * Reads a bag's manifest and item list, and recomputes from them what the chain accepted.
 * @param volume Items of the request.
 * @throws RequesterError `result-unavailable`, `result-invalid`, `aborted`
 */
export async function readBag(
  storage: Storage,
  accepted: AcceptedResult,
  volume: number,
  patience: Patience,
): Promise<AcceptedBag> {
  const manifest = parse(bagSchema, await readAccepted(storage, accepted, patience), "manifest");
  const maxBytes = volume * DIGEST_BYTES;
  const items = await patiently("list of item results", patience, () =>
    readAll(storage.readFile(manifest.items, { maxBytes, signal: patience.signal })),
  );
  if (manifest.count !== volume || items.length !== maxBytes) {
    throw invalid(`The bag lists ${items.length / DIGEST_BYTES} results for ${volume} items.`);
  }
  const { root } = bagTree(items);
  if (root !== accepted.root || bagResultOf(root, accepted.digest) !== accepted.result) {
    throw invalid("The list of item results does not lead to the accepted Merkle root.");
  }
  return { manifest, items };
}

/** Digest of the result of one item. */
export function itemDigestOf(items: Uint8Array, index: number): Hex {
  return bytesToHex(items.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): z.output<Schema> {
  try {
    return decodeDocument(schema, bytes);
  } catch (error) {
    if (!(error instanceof DecoDocumentError)) throw error;
    throw invalid(`The accepted ${what} is no such document: ${error.message}`, error);
  }
}

function invalid(message: string, cause?: unknown): RequesterError {
  return new RequesterError("result-invalid", message, {
    remedy: "The providers agreed on something malformed; do not use it, and report the task.",
    cause,
  });
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
