export type { BagDocument } from "./documents/bag.ts";
export { bagSchema } from "./documents/bag.ts";
export { cidToDigest, digestToCid, isCid } from "./documents/cid.ts";
export { decodeDocument, parseDocumentText } from "./documents/decode-document.ts";
export { documentDigest } from "./documents/document-digest.ts";
export type { DocumentErrorCode, DocumentPath } from "./documents/document-error.ts";
export { DecoDocumentError, formatDocumentPath } from "./documents/document-error.ts";
export { encodeDocument } from "./documents/encode-document.ts";
export { MAX_DOCUMENT_BYTES } from "./documents/fields.ts";
export type { InputDocument } from "./documents/input.ts";
export { inputSchema, MAX_VOLUME } from "./documents/input.ts";
export type { JobDocument } from "./documents/job.ts";
export { jobSchema } from "./documents/job.ts";
export { parseAmount } from "./documents/parse-amount.ts";
export type { ProgramDocument, ProgramDraft } from "./documents/program.ts";
export {
  draftArtefact,
  programDraftSchema,
  programSchema,
  resolveProgramDraft,
} from "./documents/program.ts";
export type { ProviderDocument } from "./documents/provider.ts";
export { providerSchema } from "./documents/provider.ts";
export type { ReceiptDocument } from "./documents/receipt.ts";
export { receiptSchema } from "./documents/receipt.ts";
export type { ResultDocument } from "./documents/result.ts";
export { fitsInline, INLINE_MAX_BYTES, INLINE_MAX_FILES, resultSchema } from "./documents/result.ts";
export { validateDocument } from "./documents/validate-document.ts";
