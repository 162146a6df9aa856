import * as z from "zod";
import { base64, base64Length, bytes32, cid, compareBytes, filePath, integer } from "./fields.ts";

/** Outputs up to this many bytes in all are embedded in the result. */
export const INLINE_MAX_BYTES = 4096;
/** More files than this are never embedded, however small they are. */
export const INLINE_MAX_FILES = 64;

/** Whether outputs of this size belong into the result document; every honest machine must decide alike. */
export function fitsInline(totalBytes: number, files: number): boolean {
  return totalBytes <= INLINE_MAX_BYTES && files <= INLINE_MAX_FILES;
}

const inlineFile = z.strictObject({ path: filePath, base64: base64(INLINE_MAX_BYTES) });

const inlineFiles = z
  .array(inlineFile)
  .min(1)
  .max(INLINE_MAX_FILES)
  .refine(isSortedTree, "paths must ascend by bytes, and no file may be another's folder")
  .refine(isSmall, `more than ${INLINE_MAX_BYTES} bytes are not embedded`);

const stored = z.strictObject({ cid, bytes: integer(0) });
const storedText = z.strictObject({ cid, bytes: integer(INLINE_MAX_BYTES + 1) });

/** What is voted on: nothing that differs between honest machines. */
export const resultSchema = z.strictObject({
  deco: z.literal("result/1"),
  exitCode: integer(0, 2 ** 32 - 1),
  /** Of circuits: commitment of the output. Nothing else was proven, so nothing else is in such a result. */
  commitment: bytes32.exactOptional(),
  /** Of private tasks: derived from the input's salt, so that replicas agree and nobody else can guess. */
  salt: bytes32.exactOptional(),
  /** Deterministic limit of a wasm program that ended the run. */
  fault: z.enum(["fuel", "memory", "depth", "trap"]).exactOptional(),
  /** Files of /out; absent when there are none. */
  outputs: z.union([z.strictObject({ inline: inlineFiles }), stored]).exactOptional(),
  /** Absent unless the program asks for it; present, even if empty, when it does. */
  stdout: z
    .union([z.strictObject({ inline: base64(INLINE_MAX_BYTES) }), storedText])
    .exactOptional(),
});
export type ResultDocument = z.infer<typeof resultSchema>;

function isSortedTree(files: readonly { path: string }[]): boolean {
  return files.every((file, i) => {
    const previous = files[i - 1];
    if (previous === undefined) return true;
    if (compareBytes(previous.path, file.path) >= 0) return false;
    // Between "a" and "a/b" others may sort ("a-b"), so every earlier path is asked.
    return files.slice(0, i).every((earlier) => !file.path.startsWith(`${earlier.path}/`));
  });
}

function isSmall(files: readonly { base64: string }[]): boolean {
  return files.reduce((sum, file) => sum + base64Length(file.base64), 0) <= INLINE_MAX_BYTES;
}
