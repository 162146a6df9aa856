export type { MarketParameters } from "./actions/get-parameters.ts";
export type { TokenInfo } from "./actions/get-token.ts";
export type { Availability, ChainFacts, ChainTrust, PrevrandaoKind } from "./chains/chains.ts";
export { chainFacts, chainFactsOf } from "./chains/chains.ts";
export type { WaitParameters } from "./client/abortable.ts";
export type { WriteParameters, WriteResult } from "./client/call-market.ts";
export type { DecoClient, DecoDeployment, DecoParameters } from "./client/deployment.ts";
export { deploymentOf } from "./client/deployment.ts";
export { expandEvents } from "./client/expand-events.ts";
export type { MarketEvent, MarketEventName, MarketEventOf } from "./client/market-events.ts";
export { eventsNamed, parseMarketLogs, rosterOf } from "./client/market-events.ts";
export { waitForReceipt } from "./client/wait-for-receipt.ts";
export type { DecoActions } from "./deco-actions.ts";
export { decoActions } from "./deco-actions.ts";
export { deploymentSchema } from "./deployments/deployment-schema.ts";
export { parseDeployment } from "./deployments/parse-deployment.ts";
export type { BagTree } from "./digests/bag-tree.ts";
export { bagResultOf, bagRootFromProof, bagTree } from "./digests/bag-tree.ts";
export { encodeBlockHeader } from "./digests/block-header.ts";
export type { SealedCommitment } from "./digests/commitment.ts";
export { commitmentHashOf, commitmentTypedData, compactSignature } from "./digests/commitment.ts";
export { assignedSeatsOf, encodeMatch } from "./digests/encode-match.ts";
export {
  assignmentHashOf,
  assignmentTypedData,
  offerHashOf,
  offerTypedData,
  taskOfferHashOf,
  taskOfferTypedData,
} from "./digests/matching.ts";
export type { CheckedReceipt, ExpectedReceipt, ReceiptFault } from "./digests/receipt.ts";
export { checkReceipt, receiptNameOf, receiptTypedData } from "./digests/receipt.ts";
export type { SaltParameters } from "./digests/salt.ts";
export { SALT_SECRET_BYTES, saltOf } from "./digests/salt.ts";
export {
  bodyHashOf,
  marketTypedDataDomain,
  requestFields,
  requestTypedData,
  requestTypes,
  seatTermsOf,
  taskIdOf,
} from "./digests/task-id.ts";
export type { CommitmentParameters } from "./digests/vote.ts";
export { commitmentOf, tagOf, votePrefix } from "./digests/vote.ts";
export type { BagDocument } from "./documents/bag.ts";
export { bagSchema } from "./documents/bag.ts";
export type { CheckpointDocument } from "./documents/checkpoint.ts";
export { checkpointSchema } from "./documents/checkpoint.ts";
export { cidToDigest, digestToCid, isCid } from "./documents/cid.ts";
export type { CircuitDocument, CircuitDraft } from "./documents/circuit.ts";
export { circuitDraftSchema, circuitSchema } from "./documents/circuit.ts";
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
  draftFolder,
  programDraftSchema,
  programSchema,
  resolveProgramDraft,
} from "./documents/program.ts";
export type { ProviderDocument } from "./documents/provider.ts";
export { providerSchema } from "./documents/provider.ts";
export type { ReceiptDocument, SignedReceiptDocument } from "./documents/receipt.ts";
export { receiptSchema, signedReceiptSchema } from "./documents/receipt.ts";
export type { RequestJson } from "./documents/request.ts";
export { requestSchema, requestToJson } from "./documents/request.ts";
export type { ResultDocument } from "./documents/result.ts";
export {
  fitsInline,
  INLINE_MAX_BYTES,
  INLINE_MAX_FILES,
  resultSchema,
} from "./documents/result.ts";
export type { SealedInputDocument } from "./documents/sealed-input.ts";
export { inputDocumentSchema, sealedInputSchema } from "./documents/sealed-input.ts";
export { validateDocument } from "./documents/validate-document.ts";
export type {
  ContractReaction,
  ContractRemedy,
  DecoContractErrorCode,
} from "./errors/contract-error.ts";
export { DecoContractError } from "./errors/contract-error.ts";
export { contractRemedies } from "./errors/contract-remedies.ts";
export {
  contractErrorOfSelector,
  decodeContractError,
  decodeRevertData,
} from "./errors/decode-contract-error.ts";
export type { UsageErrorCode } from "./errors/usage-error.ts";
export { DecoUsageError } from "./errors/usage-error.ts";
export { decoMarketAbi } from "./generated/abis/deco-market.ts";
export { decoParametersAbi } from "./generated/abis/deco-parameters.ts";
export { decoTokenAbi } from "./generated/abis/deco-token.ts";
export { prevrandaoRandomnessAbi } from "./generated/abis/prevrandao-randomness.ts";
export { timelockControllerAbi } from "./generated/abis/timelock-controller.ts";
export { deployments } from "./generated/deployments.ts";
export type { GovernanceCall } from "./governance/governance-call.ts";
export { parametersCall, timelockCall } from "./governance/governance-call.ts";
export type { TimelockRole } from "./governance/roles.ts";
export { TIMELOCK_ROLES } from "./governance/roles.ts";
export type {
  TimelockOperation,
  TimelockOperationParameters,
  TimelockTransaction,
} from "./governance/timelock-operation.ts";
export { timelockOperation } from "./governance/timelock-operation.ts";
export type { Hold, Reserve } from "./hold.ts";
export { heldWordOf, unpackHold, unpackReserve } from "./hold.ts";
export type {
  AssignedSeat,
  Assignment,
  Match,
  Offer,
  SignedOffer,
  SignedTaskOffer,
  TaskOffer,
} from "./matching.ts";
export type { Deadlines, PhaseTimes } from "./model/deadlines.ts";
export { claimsOpenAt, deadlinesOf, longestLife } from "./model/deadlines.ts";
export type {
  BondEnd,
  EndedDispute,
  Fate,
  Finality,
  PanelEnd,
  SpentBond,
} from "./model/finality.ts";
export { decisionOf, finalityOf, isOverturned, panelEndOf } from "./model/finality.ts";
export type { Fold, FoldedSeat, SeatWord, TaskWord } from "./model/fold.ts";
export {
  awaitsCommitments,
  committedFold,
  seatOfFold,
  seatsOfFold,
  taskOfFold,
  unpackSeatWord,
  unpackTaskWord,
} from "./model/fold.ts";
export type {
  AbstainReason,
  CommitRefusal,
  DisputeKind,
  DisputeStatus,
  EndReason,
  RevealRefusal,
  SeatOutcome,
  SeatStatus,
  TaskStatus,
} from "./model/names.ts";
export {
  ABSTAIN_REASONS,
  abstainCodeOf,
  abstainReasonOf,
  commitRefusalOf,
  disputeKindOf,
  disputeStatusOf,
  endReasonOf,
  revealRefusalOf,
  seatOutcomeOf,
  seatStatusOf,
  taskStatusOf,
} from "./model/names.ts";
export type { OrderEnd, OrderSettlement } from "./model/orders.ts";
export { orderCostOf, orderSettlementOf } from "./model/orders.ts";
export {
  AUDIT_INDEX,
  AVAILABLE,
  auditDraw,
  bondOf,
  DELIVERY_INDEX,
  disputesOf,
  isDelayed,
  MAX_APPEALS,
  MAX_DISPUTES,
  panelCover,
  panelIdOf,
  taskEscrowOf,
  UNAVAILABLE,
} from "./model/panels.ts";
export type { PostParameters, TaskParameters, TokenParameters } from "./model/parameters.ts";
export type { Royalties } from "./model/price.ts";
export {
  escrowOf,
  FULL_FRACTION,
  fractionOfPrice,
  maxRounds,
  priceAt,
  priceAtFraction,
  rampFraction,
  royaltiesOn,
  shareDown,
  shareUp,
} from "./model/price.ts";
export type { Provider } from "./model/provider.ts";
export type {
  SeatOutcomeName,
  SeatVerdict,
  Settlement,
  SettlementParameters,
  SettlingSeat,
} from "./model/settlement.ts";
export { expiryOf, proofSettlementOf, rejectionOf, settlementOf } from "./model/settlement.ts";
export type { SortitionTerms } from "./model/sortition.ts";
export {
  drawnAfter,
  isDrawn,
  isEarly,
  MILLI_DECO,
  sortitionK,
  ticketOf,
} from "./model/sortition.ts";
export type { StakeState } from "./model/stake.ts";
export { stakeBefore } from "./model/stake.ts";
export type {
  AcceptedTask,
  EndedTask,
  FailedTask,
  HeldOrder,
  LiveTask,
  SettledTask,
  Task,
} from "./model/task.ts";
export { isEnded, isLive, phaseOf } from "./model/task.ts";
export type { TrustState } from "./model/trust.ts";
export { lowerTrust, MAX_TRUST, MIN_TRUST, raiseTrust } from "./model/trust.ts";
export type { CountParameters, VoteCount, VoteSeat } from "./model/vote.ts";
export { countVotes, isAccepted, largestGroup } from "./model/vote.ts";
export type { HoldTerms, Order, OrderParameters, OrderParties, OrderTerms } from "./order.ts";
export { isHeld, isOrder, orderOf, orderRequest, requestOfOrder } from "./order.ts";
export type { BuildRequestParameters } from "./plan/build-request.ts";
export { buildRequest } from "./plan/build-request.ts";
export type { Candidate, Ineligibility } from "./plan/eligibility.ts";
export type { FillEstimate } from "./plan/fill-estimate.ts";
export type { MarketState } from "./plan/market-state.ts";
export type { Plan, PlannedCost, PlannedDeadlines, PlanTaskParameters } from "./plan/plan-task.ts";
export { planTask } from "./plan/plan-task.ts";
export { postingRefusals, smallestLock } from "./plan/posting-refusals.ts";
export { type RepeatRequestParameters, repeatRequest } from "./plan/repeat-request.ts";
export type { Security } from "./plan/security.ts";
export type { PlanWarning, PlanWarningCode } from "./plan/warnings.ts";
export type { MarketDomain, Opening, Request, Reveal, SeatTerms } from "./request.ts";
