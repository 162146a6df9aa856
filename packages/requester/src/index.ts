export type {
  AllocatorIntroduction,
  HandOver,
  HandOverOptions,
} from "./allocator/allocator-client.ts";
export { AllocatorClient } from "./allocator/allocator-client.ts";
export type { SignOrderOptions, SignOrderStep } from "./allocator/sign-order.ts";
export { signOrder } from "./allocator/sign-order.ts";
export { wasOpened } from "./allocator/was-opened.ts";
export {
  abortedError,
  isRequesterError,
  RequesterError,
  type RequesterErrorCode,
} from "./errors.ts";
export type {
  Artefact,
  FolderSource,
  ItemsSource,
  JobDraft,
  LoadedJob,
  ProgramSource,
} from "./job/draft.ts";
export { loadJob } from "./job/load-job.ts";
export { loadProgram } from "./job/load-program.ts";
export { storedDraft } from "./job/stored-draft.ts";
export type { Market } from "./market/market.ts";
export {
  type FetchPrivateResultOptions,
  fetchPrivateResult,
} from "./privacy/fetch-private-result.ts";
export {
  type CarryKeysOptions,
  carryKeys,
  KeyCourier,
  type KeyCourierOptions,
  type KeyDelivery,
} from "./privacy/key-courier.ts";
export { type SealDraftOptions, type SealedDraft, sealDraft } from "./privacy/seal-draft.ts";
export {
  type LogReport,
  type ProgressReport,
  ProgressWatch,
  type ProgressWatchOptions,
} from "./progress/progress-watch.ts";
export {
  type ConnectEvent,
  type ConnectOptions,
  connectProviders,
  type ProviderConnections,
} from "./providers/connect-providers.ts";
export type { ProviderEndpoint } from "./providers/parse-endpoint.ts";
export { ProviderMessenger } from "./providers/provider-messenger.ts";
export { type EndpointRange, gatewaysOf, readEndpoints } from "./providers/read-endpoints.ts";
export {
  hashJob,
  type PublishedJob,
  type PublishOptions,
  publishJob,
} from "./publish/publish-job.ts";
export type { ReadDocument } from "./publish/publish-program.ts";
export {
  type AskRefusalsOptions,
  askRefusals,
  type RefusalReport,
} from "./refusals/ask-refusals.ts";
export {
  agreeingSeats,
  askForReceipt,
  type FetchedReceipt,
  type FetchReceiptsOptions,
  fetchReceipts,
  type ReceiptSeat,
} from "./result/fetch-receipts.ts";
export {
  type FetchedResult,
  type FetchResultOptions,
  fetchResult,
  itemFolder,
  MANIFEST_FILE,
} from "./result/fetch-result.ts";
export { CheckpointHolder } from "./result/hold-checkpoints.ts";
export type { ResultLimits } from "./result/limits.ts";
export { requireFree } from "./result/output-folder.ts";
export { type AcceptedResult, itemDigestOf, readBag } from "./result/read-result.ts";
export { OUTPUT_FOLDER, RESULT_FILE, STDOUT_FILE } from "./result/write-run.ts";
export { type BondCover, coverBond } from "./task/cover-bond.ts";
export { type Approval, type Dues, duesOf, missingApprovals } from "./task/ensure-funds.ts";
export { awaitTask, type FollowOptions, followTask } from "./task/follow-task.ts";
export type {
  StagePlace,
  TaskEnd,
  TaskFailure,
  TaskSettlement,
  TaskStage,
  WaitingFor,
} from "./task/stages.ts";
export {
  type SubmitOptions,
  type SubmitStep,
  type Submitted,
  submitTask,
} from "./task/submit-task.ts";
export { type TaskRecord, TaskRecords } from "./task/task-records.ts";
