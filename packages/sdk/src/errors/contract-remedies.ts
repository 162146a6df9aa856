import type { ContractRemedy, DecoContractErrorCode } from "./contract-error.ts";

const wait = (remedy: string): ContractRemedy => ({ reaction: "wait", remedy });
const change = (remedy: string): ContractRemedy => ({ reaction: "change", remedy });
const stop = (remedy: string): ContractRemedy => ({ reaction: "stop", remedy });

/** What to do about each error; the type makes a new error without a remedy a compile error. */
export const contractRemedies: Readonly<Record<DecoContractErrorCode, ContractRemedy>> = {
  // --- accounts ---
  InsufficientBalance: change("Deposit more of the token, or ask for less."),
  DepositTooSmall: change(
    "The token delivered less than asked for: it takes a fee on transfer. Use another token.",
  ),
  ZeroAmount: change("Give an amount above zero; when burning, nothing is pending."),
  InvalidReceiver: change("Name a receiver other than the zero address and the market."),

  // --- providers ---
  UnknownProvider: change("No provider has this id; look it up with getProviderOf."),
  NotProviderOwner: change("Send it from the provider's owner key."),
  NotAnOperator: change("Register a provider with this operator key, or use the operator's key."),
  OperatorInUse: change("Choose an operator key that serves no other provider."),
  InvalidOperator: change("Name an operator key that is not the zero address."),
  NotPendingOwner: change("The present owner must offer the provider to this account first."),
  StakeBelowMinimum: change(
    "Keep at least the minimum stake of an identity, or unbond everything.",
  ),
  StakeNotFree: change(
    "Add stake, or wait until tasks end: locked stake can neither be locked again nor unbonded.",
  ),
  StillUnbonding: wait("Withdraw after the time in the error; unbonding again restarts the delay."),
  NothingToWithdraw: stop("No stake is unbonding; if tasks still hold locks, try when they end."),
  ProviderLeaving: stop("A provider that deregistered takes no seats and no stake; register anew."),
  ProviderDormant: change("Add stake up to the minimum of an identity."),
  EndpointTooLong: change("List fewer or shorter addresses: 512 bytes in all."),

  // --- posting ---
  NotRequester: change("Send it from the account that the request names as requester."),
  RequestExpired: change("Build the request anew with a later expiry."),
  AlreadyPosted: stop("This very request is a task already; for another run choose another nonce."),
  FieldOutOfRange: change("Bring the named field into the range that the error tells."),
  FieldNotSupported: change("Leave the named field zero: this market has no such mechanism yet."),
  NonceUsed: stop(
    "This order was filled, held or cancelled; for another choose a nonce by getOrderNonce.",
  ),
  OrderWantsHold: change(
    "The order names a lock or windows: hold it with holdOrder, then prove it.",
  ),
  OrderNotHeld: stop(
    "The order is proven, dropped or was never held like this: read it with getOrder.",
  ),
  ReserveExists: change("Choose another index, or close this reserve first; see listReserves."),
  ReserveNotFree: change(
    "Open a reserve of this index, or wait until the order that uses it has ended; see getReserve.",
  ),
  ReserveTooSmall: change(
    "Use a reserve with at least the order's lock in it: close this one, open it with more.",
  ),
  TokenNotListed: change("Pay in a token that governance has listed, such as DECO."),
  LockTooSmall: change("Raise the lock to the minimum in the error, or lower the price."),
  TaskTooLong: change("Shorten windows or allow fewer rounds: all of them must fit the maximum."),
  NoActiveStake: wait("No provider has stake yet, so nobody could take a seat."),

  // --- matching ---
  InvalidSignature: change(
    "Have the named account sign again: these terms, for this chain and market, with the provider's present offer epoch.",
  ),
  NoAllocator: change("Name an allocator in the request, or let providers claim the seats."),
  NotAssigned: stop("The allocator contract does not give these seats; ask it which it gives."),
  AllocatorWindowClosed: stop("The allocator's time is over; the seats are drawn now."),
  TooManySeats: change(
    "Assign no more seats than are free; a trust-moving allocator leaves one of each round to the draw.",
  ),
  PriceOutOfRange: change("Offer a price between the request's minPrice and maxPrice."),
  OfferExpired: change("Ask the provider for a fresh offer."),
  OfferVoid: stop("The provider has cancelled this offer; ask it for another."),
  OfferEpochsExhausted: stop(
    "The provider has voided its offers as often as it may; cancel them one by one.",
  ),
  OfferUsedUp: stop("The offer has filled all its seats; ask the provider for another."),
  OfferMismatch: change("Use an offer that covers this request; the error names what differs."),
  TooManyMatches: change("Send 1 to 32 items in one call."),

  // --- seats and votes ---
  UnknownTask: change(
    "No task has this id here; check chain, market and every field of the request.",
  ),
  WrongStatus: stop("The task is in another phase; read it again before deciding."),
  ClaimWindowClosed: stop("Seats of this round can no longer be taken."),
  ClaimWindowOpen: wait("Try after the claim window has closed; seats can still be taken."),
  AllocatorWindowOpen: wait(
    "Until the time in the error only the request's allocator gives seats; those left open to sortition then.",
  ),
  AlreadySeated: stop("This provider has, had or declined a seat of this task."),
  TrustTooLow: stop("The request asks for a higher trust index than this provider has."),
  StakeTooYoung: stop("Stake counts for tasks that are posted after it was added."),
  SeedUnknown: wait(
    "The seed comes with the next blocks; on public chains its header is proven first.",
  ),
  SeedNotLost: wait("The seed is known or can still become known; only lost seeds are replaced."),
  AlreadyReseeded: stop("A round's seed is replaced only once; let the claim window end."),
  NotDrawn: wait("The bound rises over the claim window: try at the second that drawnAfter tells."),
  WrongSeatStatus: stop("The seat is not in the state that this call needs; read it again."),
  DeclineTooLate: stop("The time to decline has passed; abstain with a reason instead."),
  CommitWindowClosed: stop("The time to commit has passed."),
  CommitWindowOpen: wait("Replicas may still commit; try after the time in the error."),
  EmptyCommitment: change("Commit to a hash made by commitmentOf."),
  InvalidReason: change("Use one of the reason codes 1 to 7."),
  TooManyReveals: change("Relay fewer reveals in one call."),
  NothingRevealed: stop(
    "No reveal fitted a committed seat in its reveal window; see the first refusal.",
  ),
  TooManyCommitments: change("Relay fewer commitments in one call."),
  NothingCommitted: stop(
    "No commitment fitted a seat in its commit window; see the first refusal, then commit by yourself.",
  ),
  FoldMismatch: stop(
    "The task is not folded, or is no longer as this fold says: read it again with getFold.",
  ),
  NotAllCommitted: stop(
    "Not every seat has committed, or one has revealed apart: use reveal and settle.",
  ),
  NotAgreed: stop("A seat has not committed to this result with this salt: use reveal and settle."),
  NotFinalAtOnce: stop("The request's results have windows to pass: use reveal and settle."),
  RevealWindowClosed: stop("The time to reveal has passed: use settle."),
  RevealWindowOpen: wait("Some seats have not revealed yet; try after the time in the error."),
  SettleWindowOpen: wait("Until the time in the error only settle is legal."),
  InvalidRoster: change(
    "List the provider of every seat once, by ascending id, declined ones excepted.",
  ),
  RosterIncomplete: change("List the provider of every seat of every round."),
  ResultNotAccepted: stop("This result has not won the vote: open another, or escalate."),
  InvalidOpening: change("Give a Merkle root exactly if the request's volume is above 1."),
  DocumentMismatch: change("Pass the very bytes whose SHA-256 was voted on, or none."),
  DocumentTooLarge: change("Leave the document out; its digest is enough."),
  NoFurtherRound: change("All seats were used or the program cannot run: call expire."),
  FurtherRoundPossible: change("Seats are left: call escalate."),
  PolicyNotListed: change("Name a policy that governance has listed, or none for a vote."),
  PolicyRefuses: change("The policy does not serve this policyData; ask it what it accepts."),
  WrongPolicy: change("Decide the task by the means that its request names: vote, proof or judge."),
  PolicyRemoved: change("Governance removed the policy for ever: call expire, nobody is slashed."),
  ProofRefused: change(
    "Prove this result for this task and provider; others' proofs do not count.",
  ),
  ProofWindowClosed: stop(
    "The time to prove or judge is over; the task can be rescued or expired.",
  ),
  ProofWindowOpen: wait("A proof or verdict may still come; try after the time in the error."),
  SeatHeld: wait("Another provider holds the seat; rescue it after the time in the error."),
  NotTheJudge: stop("Only the policy that the request names concludes its task."),
  NoCallback: stop("The request names no contract; fetch the result instead."),
  AlreadyDelivered: stop("The callback has taken the result; it is not called twice."),
  WrongResult: change("Open the result that the task settled with; see its TaskSettled event."),
  GasTooLow: change("Send it with more gas: the call is owed all that the error tells."),
  TooManyCheckpoints: stop("A seat tells its progress 64 times at most; commit when it is done."),
  InvalidProgress: change("Tell progress in basis points, 0 to 10,000."),
  SeatsTaken: stop("A provider took a seat, so the task runs to its end."),

  // --- panels ---
  TooFewIdentities: change(
    "Too few providers are active for the seats and panels that the request can need: drop its windows and audit, or ask for fewer replicas.",
  ),
  PanelsNotCovered: change(
    "Raise the lock or lower the panel price: what liars lose must pay for the panels that convict them.",
  ),
  ChallengeWindowClosed: stop("The time to appeal has passed; what was decided stands."),
  ChallengeWindowOpen: wait("Until the time in the error it may still be appealed."),
  DeliveryWindowClosed: stop("The time to claim outputs undelivered has passed."),
  DeliveryWindowOpen: wait("Until the time in the error outputs may still be claimed undelivered."),
  WrongDisputeStatus: stop("The dispute is in another state; read it with getDispute."),
  TooManyAppeals: stop("The task had all the appeals that it may have."),
  LeafDisputed: stop(
    "This result is judged, or was, as the dispute in the error: appeal its decision instead.",
  ),
  LeafMismatch: change(
    "Pass the accepted item of this leaf with its Merkle path and the manifest's digest; for a single run, nothing.",
  ),
  AlreadyClaimedUndelivered: stop("The outputs were claimed undelivered before."),
  NoAuditDue: stop("The request asks for no audit, or its audit was opened."),
  NotDrawnForAudit: stop("The draw spared this task, or its result is judged already."),
  AuditDue: change("Call audit first: the task was drawn, or its draw needs another seed."),
  InvalidDecision: change(
    "Open a panel on non-delivery with AVAILABLE or UNAVAILABLE, others with a result.",
  ),
  PanelUndecided: stop(
    "No more than half of the heads voted for it: open another decision, or call escalatePanel.",
  ),

  // --- governance and deployment ---
  ParameterOutOfBounds: change("Bring the named parameter into its hard bounds."),
  ZeroAddress: change("Name an address that is not zero."),
  TokenWithoutCode: change("List the address of a deployed token."),
  PolicyWithoutCode: change("List the address of a deployed policy."),
  PolicyTombstoned: stop(
    "A policy that was removed for ever is never listed again; deploy another.",
  ),
  PolicyUnknown: change("Name a policy that was listed before."),
  VersionsExhausted: stop("All versions of the parameters are used; a new market is needed."),
  ModuleMismatch: change("Deploy the extension with the same token, parameters and randomness."),
  OwnableUnauthorizedAccount: change(
    "Send it from the owner, which is the timelock on public networks.",
  ),
  OwnableInvalidOwner: change("Name an owner that is not the zero address."),
  AccessControlUnauthorizedAccount: change(
    "Send it from an account with that role: a proposer schedules, a canceller cancels.",
  ),
  AccessControlBadConfirmation: change(
    "A role is renounced by its holder: confirm with its address.",
  ),
  TimelockInsufficientDelay: change("Schedule with at least the timelock's minimum delay."),
  TimelockInvalidOperationLength: change("Give as many targets as values and payloads."),
  TimelockUnauthorizedCaller: change(
    "Schedule it: only the timelock's own operations may do this.",
  ),
  TimelockUnexecutedPredecessor: wait("Execute the operation that it was told to wait for first."),
  TimelockUnexpectedOperationState: stop(
    "The operation is not in the state that this call needs: read its state and its time.",
  ),

  // --- randomness ---
  UnknownHeader: change("Prove the header of a recent block of this chain, RLP-encoded."),
  AlreadyProven: stop("This block's randomness is stored already."),
  RLPInvalidEncoding: change("Pass a block header in RLP encoding."),
  FieldNotPresentInBlockHeader: change("Pass a header of a block after the Merge."),

  // --- tokens ---
  ERC20InsufficientAllowance: change("Approve the market for at least the amount needed."),
  ERC20InsufficientBalance: change("The account holds less of the token than this needs."),
  ERC20InvalidApprover: change("Approve from an account that is not the zero address."),
  ERC20InvalidReceiver: change("Name a receiver that is not the zero address."),
  ERC20InvalidSender: change("Send from an account that is not the zero address."),
  ERC20InvalidSpender: change("Approve a spender that is not the zero address."),
  ERC20ExceededSafeSupply: stop("The supply would exceed what votes can count."),
  ERC2612ExpiredSignature: change("Sign the permit anew with a later deadline."),
  ERC2612InvalidSigner: change("Sign the permit with the key of the token's holder."),
  ERC5805FutureLookup: wait("Votes are known only for seconds that have passed."),
  InvalidAccountNonce: change("Use the account's current nonce."),
  VotesExpiredSignature: change("Sign the delegation anew with a later expiry."),
  CheckpointUnorderedInsertion: stop(
    "Block time went backwards; this cannot happen on a sound chain.",
  ),
  SafeCastOverflowedUintDowncast: change("The amount is too large."),

  // --- libraries ---
  AddressEmptyCode: change("The address holds no contract; check the deployment."),
  FailedCall: change("A call inside the batch failed without a reason; send its calls one by one."),
  SafeERC20FailedOperation: stop(
    "The token refused the transfer: balance, allowance, a pause or a block list.",
  ),
  ReentrancyGuardReentrantCall: stop("The token calls back into the market; do not use it."),
  InvalidShortString: stop("The contract was deployed with a malformed name."),
  StringTooLong: change("Use a shorter text."),
  ECDSAInvalidSignature: change("Sign again with the right key."),
  ECDSAInvalidSignatureLength: change("Pass a signature of 65 bytes."),
  ECDSAInvalidSignatureS: change("Pass a signature in its low-s form."),

  // --- not declared ---
  Error: change("The contract gave this reason; check the arguments against it."),
  Panic: stop("An assertion of a contract failed; report it with the transaction."),
  Unknown: change("The revert data fits none of Deco's errors; check the deployment's addresses."),
};
