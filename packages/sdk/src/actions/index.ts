export type { AbstainErrorType, AbstainParameters, AbstainReturnType } from "./abstain.ts";
export { abstain } from "./abstain.ts";
export type {
  AcceptOwnershipErrorType,
  AcceptOwnershipParameters,
  AcceptOwnershipReturnType,
} from "./accept-ownership.ts";
export { acceptOwnership } from "./accept-ownership.ts";
export type {
  AppealErrorType,
  AppealParameters,
  AppealReturnType,
} from "./appeal.ts";
export { appeal } from "./appeal.ts";
export type {
  AppealDecisionErrorType,
  AppealDecisionParameters,
  AppealDecisionReturnType,
} from "./appeal-decision.ts";
export { appealDecision } from "./appeal-decision.ts";
export type { ApproveErrorType, ApproveParameters, ApproveReturnType } from "./approve.ts";
export { approve } from "./approve.ts";
export type { AssignErrorType, AssignParameters, AssignReturnType } from "./assign.ts";
export { assign } from "./assign.ts";
export type {
  AuditErrorType,
  AuditParameters,
  AuditReturnType,
} from "./audit.ts";
export { audit } from "./audit.ts";
export type {
  BurnPendingErrorType,
  BurnPendingParameters,
  BurnPendingReturnType,
} from "./burn-pending.ts";
export { burnPending } from "./burn-pending.ts";
export type { CancelErrorType, CancelParameters, CancelReturnType } from "./cancel.ts";
export { cancel } from "./cancel.ts";
export type {
  CancelOfferErrorType,
  CancelOfferParameters,
  CancelOfferReturnType,
} from "./cancel-offer.ts";
export { cancelOffer } from "./cancel-offer.ts";
export type {
  CancelOrdersErrorType,
  CancelOrdersParameters,
  CancelOrdersReturnType,
} from "./cancel-orders.ts";
export { cancelOrders } from "./cancel-orders.ts";
export type {
  CancelRequestErrorType,
  CancelRequestParameters,
  CancelRequestReturnType,
} from "./cancel-request.ts";
export { cancelRequest } from "./cancel-request.ts";
export type {
  CheckpointErrorType,
  CheckpointParameters,
  CheckpointReturnType,
} from "./checkpoint.ts";
export { checkpoint } from "./checkpoint.ts";
export type { ClaimErrorType, ClaimParameters, ClaimReturnType } from "./claim.ts";
export { claim } from "./claim.ts";
export type {
  ClaimPanelErrorType,
  ClaimPanelParameters,
  ClaimPanelReturnType,
} from "./claim-panel.ts";
export { claimPanel } from "./claim-panel.ts";
export type {
  CloseReserveErrorType,
  CloseReserveParameters,
  CloseReserveReturnType,
} from "./close-reserve.ts";
export { closeReserve } from "./close-reserve.ts";
export type { CommitErrorType, CommitParameters, CommitReturnType } from "./commit.ts";
export { commit } from "./commit.ts";
export type {
  CommitFoldedErrorType,
  CommitFoldedParameters,
  CommitFoldedReturnType,
} from "./commit-folded.ts";
export { commitFolded } from "./commit-folded.ts";
export type {
  CommitSignedErrorType,
  CommitSignedParameters,
  CommitSignedReturnType,
  SignedCommitment,
} from "./commit-signed.ts";
export { commitSigned } from "./commit-signed.ts";
export type { ConcludeErrorType, ConcludeParameters, ConcludeReturnType } from "./conclude.ts";
export { conclude } from "./conclude.ts";
export type {
  DecideErrorType,
  DecideParameters,
  DecideReturnType,
} from "./decide.ts";
export { decide } from "./decide.ts";
export type { DeclineErrorType, DeclineParameters, DeclineReturnType } from "./decline.ts";
export { decline } from "./decline.ts";
export type { DeliverErrorType, DeliverParameters, DeliverReturnType } from "./deliver.ts";
export { deliver } from "./deliver.ts";
export type { DepositErrorType, DepositParameters, DepositReturnType } from "./deposit.ts";
export { deposit } from "./deposit.ts";
export type {
  DepositWithPermitErrorType,
  DepositWithPermitParameters,
  DepositWithPermitReturnType,
} from "./deposit-with-permit.ts";
export { depositWithPermit } from "./deposit-with-permit.ts";
export type {
  DeregisterErrorType,
  DeregisterParameters,
  DeregisterReturnType,
} from "./deregister.ts";
export { deregister } from "./deregister.ts";
export type { DescribeErrorType, DescribeParameters, DescribeReturnType } from "./describe.ts";
export { describe } from "./describe.ts";
export type {
  DropOrderErrorType,
  DropOrderParameters,
  DropOrderReturnType,
} from "./drop-order.ts";
export { dropOrder } from "./drop-order.ts";
export type { EscalateErrorType, EscalateParameters, EscalateReturnType } from "./escalate.ts";
export { escalate } from "./escalate.ts";
export type {
  EscalatePanelErrorType,
  EscalatePanelParameters,
  EscalatePanelReturnType,
} from "./escalate-panel.ts";
export { escalatePanel } from "./escalate-panel.ts";
export type { ExpireErrorType, ExpireParameters, ExpireReturnType } from "./expire.ts";
export { expire } from "./expire.ts";
export type {
  FinalizeErrorType,
  FinalizeParameters,
  FinalizeReturnType,
} from "./finalize.ts";
export { finalize } from "./finalize.ts";
export type {
  Bond,
  Dispute,
  GetDisputeErrorType,
  GetDisputeParameters,
  GetDisputeReturnType,
} from "./get-dispute.ts";
export { getDispute } from "./get-dispute.ts";
export type { GetEarningsParameters, GetEarningsReturnType } from "./get-earnings.ts";
export { getEarnings } from "./get-earnings.ts";
export type {
  GetFoldErrorType,
  GetFoldParameters,
  GetFoldReturnType,
} from "./get-fold.ts";
export { getFold } from "./get-fold.ts";
export type {
  GetMarketBalanceParameters,
  GetMarketBalanceReturnType,
} from "./get-market-balance.ts";
export { getMarketBalance } from "./get-market-balance.ts";
export type {
  GetMarketStateErrorType,
  GetMarketStateParameters,
  GetMarketStateReturnType,
} from "./get-market-state.ts";
export { getMarketState } from "./get-market-state.ts";
export type { GetOfferUseParameters, GetOfferUseReturnType } from "./get-offer-use.ts";
export { getOfferUse } from "./get-offer-use.ts";
export type { GetOrderParameters, GetOrderReturnType } from "./get-order.ts";
export { getOrder } from "./get-order.ts";
export type { GetOrderNonceParameters, GetOrderNonceReturnType } from "./get-order-nonce.ts";
export { getOrderNonce } from "./get-order-nonce.ts";
export type {
  GetParametersParameters,
  GetParametersReturnType,
  MarketParameters,
} from "./get-parameters.ts";
export { getParameters } from "./get-parameters.ts";
export type { GetPolicyParameters, GetPolicyReturnType, PolicyInfo } from "./get-policy.ts";
export { getPolicy } from "./get-policy.ts";
export type {
  GetProviderErrorType,
  GetProviderParameters,
  GetProviderReturnType,
} from "./get-provider.ts";
export { getProvider } from "./get-provider.ts";
export type { GetProviderOfParameters, GetProviderOfReturnType } from "./get-provider-of.ts";
export { getProviderOf } from "./get-provider-of.ts";
export type { GetReserveParameters, GetReserveReturnType } from "./get-reserve.ts";
export { getReserve } from "./get-reserve.ts";
export type { GetSeatParameters, GetSeatReturnType, Seat } from "./get-seat.ts";
export { getSeat } from "./get-seat.ts";
export type { GetSeedParameters, GetSeedReturnType } from "./get-seed.ts";
export { getSeed } from "./get-seed.ts";
export type { GetTaskErrorType, GetTaskParameters, GetTaskReturnType } from "./get-task.ts";
export { getTask } from "./get-task.ts";
export type { GetTaskEventsParameters, GetTaskEventsReturnType } from "./get-task-events.ts";
export { getTaskEvents } from "./get-task-events.ts";
export type { GetTokenParameters, GetTokenReturnType, TokenInfo } from "./get-token.ts";
export { getToken } from "./get-token.ts";
export type {
  HoldOrderErrorType,
  HoldOrderParameters,
  HoldOrderReturnType,
} from "./hold-order.ts";
export { holdOrder } from "./hold-order.ts";
export type {
  AcceptedResultEvent,
  ListAcceptedParameters,
  ListAcceptedReturnType,
} from "./list-accepted.ts";
export { listAccepted } from "./list-accepted.ts";
export type {
  Checkpoint,
  ListCheckpointsParameters,
  ListCheckpointsReturnType,
} from "./list-checkpoints.ts";
export { listCheckpoints } from "./list-checkpoints.ts";
export type {
  CircuitDescription,
  ListCircuitDescriptionsParameters,
  ListCircuitDescriptionsReturnType,
} from "./list-circuit-descriptions.ts";
export { listCircuitDescriptions } from "./list-circuit-descriptions.ts";
export type {
  Endpoint,
  ListEndpointsParameters,
  ListEndpointsReturnType,
} from "./list-endpoints.ts";
export { listEndpoints } from "./list-endpoints.ts";
export type {
  ListOperatorsParameters,
  ListOperatorsReturnType,
  Operator,
} from "./list-operators.ts";
export { listOperators } from "./list-operators.ts";
export type {
  ListPaymentTokensParameters,
  ListPaymentTokensReturnType,
} from "./list-payment-tokens.ts";
export { listPaymentTokens } from "./list-payment-tokens.ts";
export type { ListProvidersParameters, ListProvidersReturnType } from "./list-providers.ts";
export { listProviders } from "./list-providers.ts";
export type {
  ListReservesParameters,
  ListReservesReturnType,
  OpenedReserve,
} from "./list-reserves.ts";
export { listReserves } from "./list-reserves.ts";
export type { ListTasksParameters, ListTasksReturnType, PostedTask } from "./list-tasks.ts";
export { listTasks } from "./list-tasks.ts";
export type {
  OfferOwnershipErrorType,
  OfferOwnershipParameters,
  OfferOwnershipReturnType,
} from "./offer-ownership.ts";
export { offerOwnership } from "./offer-ownership.ts";
export type {
  OpenAndAssignErrorType,
  OpenAndAssignParameters,
  OpenAndAssignReturnType,
} from "./open-and-assign.ts";
export { openAndAssign } from "./open-and-assign.ts";
export type {
  OpenAndFoldErrorType,
  OpenAndFoldParameters,
  OpenAndFoldReturnType,
} from "./open-and-fold.ts";
export { openAndFold } from "./open-and-fold.ts";
export type { OpenManyErrorType, OpenManyParameters, OpenManyReturnType } from "./open-many.ts";
export { MAX_MATCHES, openMany } from "./open-many.ts";
export type {
  OpenReserveErrorType,
  OpenReserveParameters,
  OpenReserveReturnType,
} from "./open-reserve.ts";
export { openReserve } from "./open-reserve.ts";
export type {
  OpenSignedErrorType,
  OpenSignedParameters,
  OpenSignedReturnType,
} from "./open-signed.ts";
export { openSigned } from "./open-signed.ts";
export type { PlanErrorType, PlanParameters, PlanReturnType } from "./plan.ts";
export { plan } from "./plan.ts";
export type { PostErrorType, PostParameters, PostReturnType } from "./post.ts";
export { post } from "./post.ts";
export type {
  PostWithPermitErrorType,
  PostWithPermitParameters,
  PostWithPermitReturnType,
} from "./post-with-permit.ts";
export { postWithPermit } from "./post-with-permit.ts";
export type { ProveErrorType, ProveParameters, ProveReturnType } from "./prove.ts";
export { prove } from "./prove.ts";
export type {
  ProveFoldedErrorType,
  ProveFoldedParameters,
  ProveFoldedReturnType,
} from "./prove-folded.ts";
export { proveFolded } from "./prove-folded.ts";
export type {
  ProveHeldErrorType,
  ProveHeldParameters,
  ProveHeldReturnType,
} from "./prove-held.ts";
export { proveHeld } from "./prove-held.ts";
export type {
  ProveOrderErrorType,
  ProveOrderParameters,
  ProveOrderReturnType,
} from "./prove-order.ts";
export { proveOrder } from "./prove-order.ts";
export type {
  ProveRandomnessErrorType,
  ProveRandomnessParameters,
  ProveRandomnessReturnType,
} from "./prove-randomness.ts";
export { proveRandomness } from "./prove-randomness.ts";
export type {
  RaiseOfferEpochErrorType,
  RaiseOfferEpochParameters,
  RaiseOfferEpochReturnType,
} from "./raise-offer-epoch.ts";
export { raiseOfferEpoch } from "./raise-offer-epoch.ts";
export type { RegisterErrorType, RegisterParameters, RegisterReturnType } from "./register.ts";
export { register } from "./register.ts";
export type { ReseedErrorType, ReseedParameters, ReseedReturnType } from "./reseed.ts";
export { reseed } from "./reseed.ts";
export type {
  ReseedPanelErrorType,
  ReseedPanelParameters,
  ReseedPanelReturnType,
} from "./reseed-panel.ts";
export { reseedPanel } from "./reseed-panel.ts";
export type { RevealErrorType, RevealParameters, RevealReturnType } from "./reveal.ts";
export { reveal } from "./reveal.ts";
export type {
  SetOperatorErrorType,
  SetOperatorParameters,
  SetOperatorReturnType,
} from "./set-operator.ts";
export { setOperator } from "./set-operator.ts";
export type { SettleErrorType, SettleParameters, SettleReturnType } from "./settle.ts";
export { settle } from "./settle.ts";
export type {
  SettleAgreedErrorType,
  SettleAgreedParameters,
  SettleAgreedReturnType,
} from "./settle-agreed.ts";
export { settleAgreed } from "./settle-agreed.ts";
export type {
  SettleFoldedErrorType,
  SettleFoldedParameters,
  SettleFoldedReturnType,
} from "./settle-folded.ts";
export { settleFolded } from "./settle-folded.ts";
export type {
  ShowLeafErrorType,
  ShowLeafParameters,
  ShowLeafReturnType,
} from "./show-leaf.ts";
export { showLeaf } from "./show-leaf.ts";
export type {
  SignAssignmentErrorType,
  SignAssignmentParameters,
  SignAssignmentReturnType,
} from "./sign-assignment.ts";
export { signAssignment } from "./sign-assignment.ts";
export type {
  SignCommitmentErrorType,
  SignCommitmentParameters,
  SignCommitmentReturnType,
} from "./sign-commitment.ts";
export { signCommitment } from "./sign-commitment.ts";
export type { SignOfferErrorType, SignOfferParameters, SignOfferReturnType } from "./sign-offer.ts";
export { signOffer } from "./sign-offer.ts";
export type {
  SignPermitErrorType,
  SignPermitParameters,
  SignPermitReturnType,
} from "./sign-permit.ts";
export { signPermit } from "./sign-permit.ts";
export type {
  SignRequestErrorType,
  SignRequestParameters,
  SignRequestReturnType,
} from "./sign-request.ts";
export { signRequest } from "./sign-request.ts";
export type {
  SignTaskOfferErrorType,
  SignTaskOfferParameters,
  SignTaskOfferReturnType,
} from "./sign-task-offer.ts";
export { signTaskOffer } from "./sign-task-offer.ts";
export type { StakeErrorType, StakeParameters, StakeReturnType } from "./stake.ts";
export { stake } from "./stake.ts";
export type { UnbondErrorType, UnbondParameters, UnbondReturnType } from "./unbond.ts";
export { unbond } from "./unbond.ts";
export type {
  UndeliveredErrorType,
  UndeliveredParameters,
  UndeliveredReturnType,
} from "./undelivered.ts";
export { undelivered } from "./undelivered.ts";
export type {
  UnfoldErrorType,
  UnfoldParameters,
  UnfoldReturnType,
} from "./unfold.ts";
export { unfold } from "./unfold.ts";
export type { VerifyResultParameters, VerifyResultReturnType } from "./verify-result.ts";
export { verifyResult } from "./verify-result.ts";
export type {
  WaitForTaskErrorType,
  WaitForTaskParameters,
  WaitForTaskReturnType,
} from "./wait-for-task.ts";
export { waitForTask } from "./wait-for-task.ts";
export type { WithdrawErrorType, WithdrawParameters, WithdrawReturnType } from "./withdraw.ts";
export { withdraw } from "./withdraw.ts";
export type {
  WithdrawEarningsErrorType,
  WithdrawEarningsParameters,
  WithdrawEarningsReturnType,
} from "./withdraw-earnings.ts";
export { withdrawEarnings } from "./withdraw-earnings.ts";
export type {
  WithdrawStakeErrorType,
  WithdrawStakeParameters,
  WithdrawStakeReturnType,
} from "./withdraw-stake.ts";
export { withdrawStake } from "./withdraw-stake.ts";
