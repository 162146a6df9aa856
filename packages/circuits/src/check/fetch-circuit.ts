import {
  type CircuitDocument,
  circuitSchema,
  DecoDocumentError,
  decodeDocument,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import { CircuitsError } from "../errors.ts";
import type { Workplace } from "../workplace.ts";

/** A circuit's source is text. */
const MAX_SOURCE_BYTES = 64 * 2 ** 20;
const MAX_SOURCE_FILES = 10_000;
const MAX_TRANSCRIPT_BYTES = 16 * 2 ** 20;
/** A proving key of 2^24 constraints, and its powers of tau. */
const MAX_KEY_BYTES = 32 * 2 ** 30;

/**
 * Reads a circuit document by its CID or digest.
 * @throws CircuitsError `circuit-document-invalid`; StorageError when it cannot be had
 */
export async function readCircuit(
  storage: Storage,
  document: string,
  signal: AbortSignal,
): Promise<CircuitDocument> {
  const bytes = await storage.getDocument(document, { signal });
  try {
    return decodeDocument(circuitSchema, bytes);
  } catch (cause) {
    if (!(cause instanceof DecoDocumentError)) throw cause;
    throw new CircuitsError(
      "circuit-document-invalid",
      `${document} is no circuit: ${cause.message}`,
      "Name the CID of a circuit document; deco circuit publish tells it.",
      cause,
    );
  }
}

/**
 * Fetches what a circuit document names; each block is what its digest says.
 * @throws StorageError
 */
export async function fetchCircuit(
  storage: Storage,
  { source, keys, powers, transcript }: CircuitDocument,
  place: Workplace,
  signal: AbortSignal,
): Promise<void> {
  await storage.downloadFolder(source.folder, place.source, {
    ...{ signal, maxBytes: MAX_SOURCE_BYTES, maxFiles: MAX_SOURCE_FILES },
  });
  await storage.downloadFolder(keys, place.keys, {
    ...{ signal, maxBytes: MAX_KEY_BYTES, maxFiles: 3, maxDepth: 1 },
  });
  await storage.downloadFile(transcript, place.transcript, {
    ...{ signal, maxBytes: MAX_TRANSCRIPT_BYTES },
  });
  await storage.downloadFile(powers, place.powers, { signal, maxBytes: MAX_KEY_BYTES });
}
