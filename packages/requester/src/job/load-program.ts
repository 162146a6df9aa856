import { dirname, resolve } from "node:path";

import type { ProgramDocument, ProgramDraft } from "@deco-network/sdk";
import { draftArtefact, draftFolder, programDraftSchema, programSchema } from "@deco-network/sdk";
import { z } from "zod";

import type { ProgramSource } from "./draft.ts";
import { parseFile } from "./parse-file.ts";

/** Every document but for `riscv` programs is a draft too, so drafts are tried first. */
const programFileSchema = z.union([programDraftSchema, programSchema]);

/**
 * Reads a program file: a complete document, or a draft whose module or image archive is a file
 * beside it.
 * @throws RequesterError `job-file-unreadable`, `job-invalid`
 */
export async function loadProgram(path: string): Promise<ProgramSource> {
  const program = await parseFile(programFileSchema, path, "program file");
  return programSourceOf(program, dirname(resolve(path)));
}

/** @param folder What the draft's paths are relative to. */
export function programSourceOf(
  program: ProgramDocument | ProgramDraft,
  folder: string,
): ProgramSource {
  if (program.engine === "riscv") return { kind: "document", document: program };
  const keys = draftFolder(program);
  if (keys !== undefined) return { kind: "draft", draft: program, keys: resolve(folder, keys) };
  const file = draftArtefact(program);
  return {
    kind: "draft",
    draft: program,
    ...(file !== undefined && { artefact: resolve(folder, file) }),
  };
}
