import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  type CircuitDocument,
  type CircuitDraft,
  circuitSchema,
  encodeDocument,
} from "@deco-network/sdk";
import {
  type AddedDocument,
  type AddedFile,
  hashDocument,
  hashFile,
  hashFolder,
  openStorage,
  type Storage,
  type StorageEvent,
} from "@deco-network/storage";

import type { CircuitFindings } from "../check/report.ts";
import { CircuitsError } from "../errors.ts";
import { KEY_FILES, type Workplace } from "../workplace.ts";

/** Where artefacts go: into a storage, or nowhere but through the hash. */
export interface CircuitSink {
  document(bytes: Uint8Array): Promise<AddedDocument>;
  file(path: string): Promise<AddedFile>;
  folder(path: string): Promise<AddedFile>;
}

/** A circuit with its document's name. */
export interface PublishedCircuit {
  readonly document: CircuitDocument;
  readonly cid: string;
  readonly digest: `0x${string}`;
}

/**
 * Adds the artefacts of a circuit that was found sound, and its document.
 * @param place as {@link checkLocalCircuit} left it: what it built is published
 * @throws StorageError
 */
export async function publishCircuit(
  sink: CircuitSink,
  place: Workplace,
  draft: CircuitDraft,
  findings: CircuitFindings,
): Promise<PublishedCircuit> {
  const { circuit, system, constraints, circom } = findings;
  if (circuit === undefined || system === undefined || constraints === undefined) {
    throw new TypeError("Only circuits that were found sound are published.");
  }
  const { main } = draft.source;
  const name = basename(main, ".circom");
  const made = join(place.built, `${name}_js`, `${name}.wasm`);
  await copyFile(made, join(place.keys, KEY_FILES.witness));
  const document: CircuitDocument = {
    ...{ deco: "circuit/1", name: draft.name, circuit, system, constraints },
    compiler: { circom, optimisation: draft.optimisation },
    source: { folder: (await sink.folder(place.source)).cid, main },
    keys: (await sink.folder(place.keys)).cid,
    powers: (await sink.file(place.powers)).cid,
    transcript: (await sink.file(place.transcript)).cid,
  };
  const { cid, digest } = await sink.document(encodeDocument(circuitSchema, document));
  return { document, cid, digest };
}

/** Adds publicly and pins. */
export function sinkOf(storage: Storage, signal: AbortSignal): CircuitSink {
  const options = { visibility: "public", signal } as const;
  return {
    document: (bytes) => storage.addDocument(bytes, options),
    file: (path) => storage.addFile(path, options),
    folder: (path) => storage.addFolder(path, options),
  };
}

/** Stores nothing. */
export function hashingSink(signal: AbortSignal): CircuitSink {
  return {
    document: hashDocument,
    file: (path) => hashFile(path, { signal }),
    folder: (path) => hashFolder(path, { signal }),
  };
}

/** What a Kubo daemon must have. */
type Wanted = Pick<CircuitDocument, "keys" | "powers" | "transcript" | "source">;

/**
 * Has a Kubo daemon keep a circuit, and waits until it does.
 * @param api base URL of its RPC API
 * @throws CircuitsError `kubo-failed`; StorageError
 */
export async function keepInKubo(
  api: string,
  place: Workplace,
  draft: CircuitDraft,
  findings: CircuitFindings,
  signal: AbortSignal,
): Promise<void> {
  const kept = new Set<string>();
  const done = Promise.withResolvers<void>();
  // It may fail before anybody waits for it.
  done.promise.catch(() => undefined);
  let wanted: readonly string[] = [];
  const look = () => {
    if (wanted.length > 0 && wanted.every((cid) => kept.has(cid))) done.resolve();
  };
  const storage = await openStorage({
    // A store of its own: another may have been mirrored before, and would not say so again.
    ...{ folder: join(place.root, "mirrored"), peerToPeer: false, kubo: { api } },
    onEvent(event: StorageEvent) {
      if (event.type === "kubo-kept") kept.add(event.cid);
      if (event.type === "kubo-failed") done.reject(failed(api, event.error));
      look();
    },
  });
  signal.addEventListener("abort", () => done.reject(signal.reason), { once: true });
  try {
    const { document, cid } = await publishCircuit(sinkOf(storage, signal), place, draft, findings);
    wanted = [cid, ...cidsOf(document)];
    look();
    await done.promise;
  } finally {
    await storage.close();
  }
}

function cidsOf({ source, keys, powers, transcript }: Wanted): string[] {
  return [source.folder, keys, powers, transcript];
}

function failed(api: string, cause: unknown): CircuitsError {
  return new CircuitsError(
    "kubo-failed",
    `The Kubo daemon at ${api} did not take the circuit: ${cause instanceof Error ? cause.message : cause}`,
    "Look whether it runs, and whether its RPC API may be used from here.",
    cause,
  );
}
