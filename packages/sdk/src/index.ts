export type { BagTree } from "./digests/bag-tree.ts";
export { bagResultOf, bagRootFromProof, bagTree } from "./digests/bag-tree.ts";
export type { SaltParameters } from "./digests/salt.ts";
export { SALT_SECRET_BYTES, saltOf } from "./digests/salt.ts";
export { marketTypedDataDomain, requestTypes, taskIdOf } from "./digests/task-id.ts";
export type { CommitmentParameters } from "./digests/vote.ts";
export { commitmentOf, tagOf, votePrefix } from "./digests/vote.ts";
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
export type { Deadlines, PhaseTimes } from "./model/deadlines.ts";
export { deadlinesOf, longestLife } from "./model/deadlines.ts";
export type { PostParameters, TaskParameters, TokenParameters } from "./model/parameters.ts";
export {
  escrowOf,
  FULL_FRACTION,
  maxRounds,
  priceAt,
  priceAtFraction,
  rampFraction,
  shareDown,
  shareUp,
} from "./model/price.ts";
export type {
  SeatOutcomeName,
  SeatVerdict,
  Settlement,
  SettlementParameters,
  SettlingSeat,
} from "./model/settlement.ts";
export { expiryOf, settlementOf } from "./model/settlement.ts";
export type { SortitionTerms } from "./model/sortition.ts";
export { drawnAfter, isDrawn, isEarly, MILLI_DECO, sortitionK, ticketOf } from "./model/sortition.ts";
export type { StakeState } from "./model/stake.ts";
export { stakeBefore } from "./model/stake.ts";
export type { TrustState } from "./model/trust.ts";
export { lowerTrust, MAX_TRUST, MIN_TRUST, raiseTrust } from "./model/trust.ts";
export type { CountParameters, VoteCount, VoteSeat } from "./model/vote.ts";
export { countVotes, isAccepted, largestGroup } from "./model/vote.ts";
export type { MarketDomain, Request } from "./request.ts";
export type { UsageErrorCode } from "./usage-error.ts";
export { DecoUsageError } from "./usage-error.ts";
