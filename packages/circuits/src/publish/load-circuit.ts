import { constants, copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type CircuitDraft, circuitDraftSchema, parseDocumentText } from "@deco-network/sdk";

import { CircuitsError } from "../errors.ts";
import { gatherSource } from "../source/gather-source.ts";
import { KEY_FILES, type Workplace } from "../workplace.ts";

/**
 * Reads the file that describes a circuit, and copies what it names.
 * @throws CircuitsError `circuit-file-invalid`, `circuit-source-invalid`, `circuit-files-missing`; DecoDocumentError
 */
export async function loadCircuit(path: string, place: Workplace): Promise<CircuitDraft> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new CircuitsError(
      "circuit-file-invalid",
      `${path} cannot be read.`,
      "Give a file as docs/DOCUMENTS.md describes it.",
      cause,
    );
  });
  const draft = parseDocumentText(circuitDraftSchema, text);
  const at = (local: string) => resolve(dirname(path), local);
  const { folder, main, libraries = [] } = draft.source;
  await gatherSource(
    { folder: at(folder), main, libraries: libraries.map((library) => at(library)) },
    place.source,
  );
  await mkdir(place.keys);
  const keys = at(draft.keys.folder);
  for (const name of [KEY_FILES.verification, KEY_FILES.proving]) {
    await copied(join(keys, name), join(place.keys, name));
  }
  await copied(join(keys, KEY_FILES.witness), join(place.keys, KEY_FILES.witness), "optional");
  await copied(at(draft.powers.file), place.powers);
  await copied(at(draft.transcript.file), place.transcript);
  return draft;
}

async function copied(from: string, to: string, optional?: "optional"): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (optional && missing) return;
    throw new CircuitsError(
      "circuit-files-missing",
      `${from} cannot be read.`,
      "Name the folder of keys, the powers of tau and the transcript in the circuit's file.",
      cause,
    );
  }
}
