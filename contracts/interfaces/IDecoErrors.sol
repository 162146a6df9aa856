// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeStatus} from "../types/Panel.sol";
import {SeatStatus} from "../types/Seat.sol";
import {TaskStatus} from "../types/Task.sol";

/// @title IDecoErrors
/// @notice Every error of the market. The SDK gives each a remedy.
interface IDecoErrors {
    // --- accounts ---
    /// @notice Thrown when an account holds less than the call needs.
    error InsufficientBalance(address token, uint256 needed, uint256 available);
    /// @notice Thrown when the token delivered less than the call needs (fee on transfer, or allowance too small).
    error DepositTooSmall(address token, uint256 needed, uint256 received);
    /// @notice Thrown when an amount must not be zero.
    error ZeroAmount();
    /// @notice Thrown when a receiver must not be the zero address or the market.
    error InvalidReceiver(address receiver);

    // --- providers ---
    error UnknownProvider(uint32 provider);
    /// @notice Thrown when the caller is not the owner of the provider.
    error NotProviderOwner(uint32 provider, address caller);
    /// @notice Thrown when the caller is not an operator key of any provider.
    error NotAnOperator(address caller);
    /// @notice Thrown when an operator key already serves a provider.
    error OperatorInUse(address operator, uint32 provider);
    error InvalidOperator(address operator);
    /// @notice Thrown when the caller has not been offered the ownership.
    error NotPendingOwner(uint32 provider, address caller);
    /// @notice Thrown when a stake would be below the minimum of an identity and not zero.
    error StakeBelowMinimum(uint256 stake, uint256 minimum);
    /// @notice Thrown when stake that is bound to seats, or not there, would be used.
    error StakeNotFree(uint32 provider, uint256 needed, uint256 free);
    error StillUnbonding(uint32 provider, uint256 until);
    error NothingToWithdraw(uint32 provider);
    error ProviderLeaving(uint32 provider);
    error EndpointTooLong(uint256 length, uint256 maximum);

    // --- posting ---
    /// @notice Thrown when the caller posts for somebody else.
    error NotRequester(address caller, address requester);
    error RequestExpired(uint256 expiry, uint256 timestamp);
    /// @notice Thrown when the same request was posted before.
    error AlreadyPosted(bytes32 taskId);
    /// @notice Thrown when a field of the request is outside its range. `field` names it.
    error FieldOutOfRange(bytes32 field, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice Thrown when a field asks for a mechanism that this market does not have.
    error FieldNotSupported(bytes32 field);
    /// @notice Thrown when an order that names a lock or windows is to be filled at once: it is held before it is proven.
    error OrderWantsHold(bytes32 taskId);
    /// @notice Thrown when nobody holds the order, or not by this hold: it was never held, or is proven or dropped.
    error OrderNotHeld(bytes32 taskId);
    /// @notice Thrown when a provider has a reserve of this index already.
    error ReserveExists(uint32 provider, uint8 index);
    /// @notice Thrown when there is no such reserve, or it is in use by an order.
    error ReserveNotFree(uint32 provider, uint8 index);
    /// @notice Thrown when a reserve has less DECO in it than the order's lock.
    error ReserveTooSmall(uint256 amount, uint256 lock);
    /// @notice Thrown when an order of this nonce was filled or cancelled.
    error NonceUsed(address requester, uint256 nonce);
    error TokenNotListed(address token);
    /// @notice Thrown when the lock is below the absolute minimum or below price x lock rate.
    error LockTooSmall(uint256 lock, uint256 minimum);
    /// @notice Thrown when the windows of all rounds exceed half of the unbonding delay.
    error TaskTooLong(uint256 seconds_, uint256 maximum);
    /// @notice Thrown when no stake is active, so no seat could ever be drawn.
    error NoActiveStake();

    // --- matching ---
    /// @notice Thrown when neither the account's key nor its contract has signed: the signer is another, or what was signed
    /// (terms, chain, market, offer epoch) is.
    error InvalidSignature(address signer);
    /// @notice Thrown when seats are assigned of a request that names no allocator.
    error NoAllocator();
    /// @notice Thrown when the allocator contract does not give these seats.
    error NotAssigned(address allocator);
    /// @notice Thrown when the allocator's time of this round is over; seats are drawn.
    error AllocatorWindowClosed(uint256 closedAt);
    /// @notice Thrown when more seats are assigned than the round has left for its allocator.
    error TooManySeats(uint256 seats, uint256 free);
    /// @notice Thrown when an offer's price is not between the request's two.
    error PriceOutOfRange(uint32 provider, uint256 price, uint256 minimum, uint256 maximum);
    error OfferExpired(uint32 provider, uint256 expiry);
    /// @notice Thrown when the offer was cancelled, by its hash or by a raised epoch.
    error OfferVoid(bytes32 offer);
    /// @notice Thrown when a provider has voided its offers as often as it may.
    error OfferEpochsExhausted(uint32 provider);
    /// @notice Thrown when the offer has filled all its seats.
    error OfferUsedUp(bytes32 offer, uint256 seats);
    /// @notice Thrown when the offer is not for such a request. `field` names what differs.
    error OfferMismatch(uint32 provider, bytes32 field);
    /// @notice Thrown when a batch is empty or too long.
    error TooManyMatches(uint256 count, uint256 maximum);

    // --- seats and votes ---
    error UnknownTask(bytes32 taskId);
    /// @notice Thrown when the task is in another phase than the call needs.
    error WrongStatus(bytes32 taskId, TaskStatus actual);
    error ClaimWindowClosed(uint256 closedAt);
    error ClaimWindowOpen(uint256 closesAt);
    /// @notice Thrown while only the request's allocator gives seats.
    error AllocatorWindowOpen(uint256 until);
    /// @notice Thrown when the provider already holds, held or declined a seat of this task.
    error AlreadySeated(bytes32 taskId, uint32 provider);
    error ProviderDormant(uint32 provider);
    error TrustTooLow(uint32 provider, uint8 trust, uint8 minimum);
    /// @notice Thrown when the provider had no active stake before the post.
    error StakeTooYoung(uint32 provider);
    /// @notice Thrown while the seed of the round is unknown.
    error SeedUnknown(uint256 seedBlock);
    error SeedNotLost(uint256 seedBlock);
    error AlreadyReseeded(bytes32 taskId);
    /// @notice Thrown when the ticket is above the bound at this moment; the bound rises.
    error NotDrawn(uint32 provider, bytes32 ticket);
    /// @notice Thrown when the seat is not in the state that the call needs.
    error WrongSeatStatus(bytes32 taskId, uint32 provider, SeatStatus actual);
    error DeclineTooLate(uint256 deadline);
    error CommitWindowClosed(uint256 closedAt);
    error CommitWindowOpen(uint256 closesAt);
    error EmptyCommitment();
    error InvalidReason(uint8 reason);
    /// @notice Thrown when a batch of signed commitments is empty of usable ones; `first` is why the first one failed.
    error NothingCommitted(CommitRefusal first);
    error TooManyCommitments(uint256 count, uint256 maximum);
    /// @notice Thrown when what is said to be folded is not, or is something else: it was unfolded, or has gone on.
    error FoldMismatch(bytes32 taskId);
    /// @notice Thrown when not every seat has committed, or some have revealed apart: use `reveal` and `settle`.
    error NotAllCommitted(bytes32 taskId, uint256 committed, uint256 seats);
    /// @notice Thrown when a seat has not committed to the opened result with this salt: use `reveal` and `settle`.
    error NotAgreed(bytes32 taskId, uint32 provider);
    /// @notice Thrown when the request's results are final only after a window: use `reveal` and `settle`.
    error NotFinalAtOnce(bytes32 taskId);
    error RevealWindowClosed(uint256 closedAt);
    error TooManyReveals(uint256 count, uint256 maximum);
    /// @notice Thrown when no item of a reveal batch could be stored; `first` is why the first one failed.
    error NothingRevealed(RevealRefusal first);
    error RevealWindowOpen(uint256 closesAt);
    error SettleWindowOpen(uint256 closesAt);
    /// @notice Thrown when the roster is not every seat of the task once, ordered by provider id.
    error InvalidRoster(uint256 position);
    error RosterIncomplete(uint256 given, uint256 seats);
    /// @notice Thrown when the opened result has not won the vote.
    error ResultNotAccepted(bytes32 result, uint256 weight, uint256 total);
    /// @notice Thrown when the opening does not fit the request's volume.
    error InvalidOpening();
    error DocumentMismatch(bytes32 expected, bytes32 actual);
    error DocumentTooLarge(uint256 size, uint256 maximum);
    /// @notice Thrown when no further round may open; call `expire`.
    error NoFurtherRound(bytes32 taskId);
    /// @notice Thrown when a further round is still possible; call `escalate`.
    error FurtherRoundPossible(bytes32 taskId);
    /// @notice Thrown when seats were taken, so the request cannot be cancelled.
    error SeatsTaken(bytes32 taskId, uint256 seats);

    // --- proof policies ---
    /// @notice Thrown when governance has not listed the policy.
    error PolicyNotListed(address policy);
    /// @notice Thrown when the policy does not serve such data: an unknown circuit, say.
    error PolicyRefuses(address policy, bytes32 policyData);
    /// @notice Thrown when the task is decided by another means: a vote, a proof, or a judge.
    error WrongPolicy(bytes32 taskId, address policy);
    /// @notice Thrown when the policy was removed for ever; call `expire`.
    error PolicyRemoved(address policy);
    /// @notice Thrown when the policy does not accept the proof for this result, provider and task.
    error ProofRefused(bytes32 taskId, uint32 provider);
    /// @notice Thrown when the time to prove or to judge is over.
    error ProofWindowClosed(uint256 closedAt);
    /// @notice Thrown while a proof, a rescue or a verdict may still come.
    error ProofWindowOpen(uint256 closesAt);
    /// @notice Thrown when another provider holds the seat and still has time.
    error SeatHeld(bytes32 taskId, uint256 until);
    /// @notice Thrown when somebody else than the policy of the task would judge.
    error NotTheJudge(bytes32 taskId, address caller);

    // --- callbacks and progress ---
    /// @notice Thrown when the request names no contract to call.
    error NoCallback(bytes32 taskId);
    /// @notice Thrown when the callback has taken the result before.
    error AlreadyDelivered(bytes32 taskId);
    /// @notice Thrown when what is opened is not the result of the task.
    error WrongResult(bytes32 taskId, bytes32 result);
    /// @notice Thrown when too little gas is left to give a call all that it is owed; nothing was called.
    error GasTooLow(uint256 needed, uint256 available);
    /// @notice Thrown when a seat has told its progress as often as it may.
    error TooManyCheckpoints(bytes32 taskId, uint32 provider, uint256 maximum);
    /// @notice Thrown when more than the whole work would be done.
    error InvalidProgress(uint256 progressBps);

    // --- panels ---
    /// @notice Thrown when fewer identities may take seats than replicas and panels can need.
    error TooFewIdentities(uint256 active, uint256 needed);
    /// @notice Thrown when the stake that liars lose would not cover the cost of the panels that convict them, in DECO.
    error PanelsNotCovered(uint256 atStake, uint256 cost);
    error ChallengeWindowClosed(uint256 closedAt);
    /// @notice Thrown while an accepted result, or a panel's decision, may still be appealed.
    error ChallengeWindowOpen(uint256 closesAt);
    error DeliveryWindowClosed(uint256 closedAt);
    /// @notice Thrown while the requester may still say that outputs cannot be fetched.
    error DeliveryWindowOpen(uint256 closesAt);
    /// @notice Thrown when the dispute is in another state than the call needs.
    error WrongDisputeStatus(bytes32 taskId, uint256 index, DisputeStatus actual);
    error TooManyAppeals(bytes32 taskId, uint256 maximum);
    /// @notice Thrown when the leaf is being judged, or was, as dispute `index`.
    error LeafDisputed(bytes32 taskId, uint256 leaf, uint256 index);
    /// @notice Thrown when the item and its path do not lead to the accepted result.
    error LeafMismatch(bytes32 taskId, uint256 leaf, bytes32 item);
    error AlreadyClaimedUndelivered(bytes32 taskId);
    /// @notice Thrown when the request has no audit, or its audit was opened.
    error NoAuditDue(bytes32 taskId);
    /// @notice Thrown when the draw did not send the task to a panel.
    error NotDrawnForAudit(bytes32 taskId);
    /// @notice Thrown when the task was drawn for an audit, or its draw needs another seed; call `audit` first.
    error AuditDue(bytes32 taskId);
    /// @notice Thrown when a panel on non-delivery is opened with something else than its two answers.
    error InvalidDecision(bytes32 decision);
    /// @notice Thrown when no more than half of the committed heads voted for the decision.
    error PanelUndecided(bytes32 panelId, uint256 agreeing, uint256 committed);

    /// @notice Why an item of a batch of signed commitments was skipped.
    enum CommitRefusal {
        None,
        WrongStatus,
        WindowClosed,
        NotSeated,
        EmptyCommitment,
        InvalidSignature
    }

    /// @notice Why an item of a reveal batch was skipped.
    enum RevealRefusal {
        None,
        WrongStatus,
        WindowClosed,
        NotCommitted,
        WrongRound,
        Mismatch
    }
}
