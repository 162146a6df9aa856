import {
  cidToDigest,
  DecoDocumentError,
  decodeDocument,
  encodeDocument,
  type ProgramDocument,
  programSchema,
  resolveProgramDraft,
} from "@deco-network/sdk";
import type { Hex } from "viem";

import { RequesterError } from "../errors.ts";
import type { ProgramSource } from "../job/draft.ts";
import type { Sink } from "./sink.ts";

/** A program as a request names it. */
export interface PublishedProgram {
  readonly digest: Hex;
  readonly document: ProgramDocument;
}

/** Reads a stored document by its CID; verified against it. */
export type ReadDocument = (cid: string) => Promise<Uint8Array>;

/**
 * Adds the program's artefact and document.
 * @param read How a program that is stored already is had.
 * @throws RequesterError `job-invalid`; StorageError
 */
export async function publishProgram(
  sink: Sink,
  source: ProgramSource,
  read: ReadDocument,
): Promise<PublishedProgram> {
  if (source.kind === "stored") {
    const document = await stored(source.cid, read);
    await sink.keep(source.cid);
    const artefact = artefactOf(document);
    if (artefact !== undefined) await sink.keep(artefact);
    return { digest: cidToDigest(source.cid), document };
  }
  const document = source.kind === "document" ? source.document : await completed(sink, source);
  const { digest } = await sink.document(encodeDocument(programSchema, document));
  return { digest, document };
}

async function completed(
  sink: Sink,
  source: Extract<ProgramSource, { kind: "draft" }>,
): Promise<ProgramDocument> {
  const { draft } = source;
  if ("keys" in source) return resolveProgramDraft(draft, (await sink.folder(source.keys)).cid);
  const { artefact } = source;
  if (artefact === undefined) return resolveProgramDraft(draft);
  const added =
    typeof artefact === "string" ? await sink.file(artefact) : await sink.bytes(artefact);
  return resolveProgramDraft(draft, added.cid);
}

/** CID of the module or image archive; images in a registry have none. */
function artefactOf(program: ProgramDocument): string | undefined {
  if (program.engine === "wasm" || program.engine === "riscv") return program.module;
  if (program.engine === "circuit") return program.circuit;
  return "archive" in program.image ? program.image.archive : undefined;
}

async function stored(cid: string, read: ReadDocument): Promise<ProgramDocument> {
  const bytes = await read(cid);
  try {
    return decodeDocument(programSchema, bytes);
  } catch (error) {
    if (!(error instanceof DecoDocumentError)) throw error;
    throw new RequesterError("job-invalid", `${cid} is no program: ${error.message}`, {
      remedy: "Name the CID of a program document.",
      cause: error,
    });
  }
}
