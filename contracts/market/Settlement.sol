// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {Accounting} from "../libraries/Accounting.sol";
import {Trust} from "../libraries/Trust.sol";
import {Tally, Votes} from "../libraries/Votes.sol";
import {Opening, OpeningLib} from "../types/Opening.sol";
import {TaskParameters} from "../types/Parameters.sol";
import {ProviderWords, ProviderWork} from "../types/Provider.sol";
import {Request, RequestLib} from "../types/Request.sol";
import {Seat, SeatLib, SeatOutcome, SeatStatus} from "../types/Seat.sol";
import {EndReason, Outcome, Task, TaskLib, TaskStatus} from "../types/Task.sol";
import {Voting} from "./Voting.sol";

/// @dev What ending a task has paid and slashed so far.
struct Ledger {
    /// Base units of the payment token credited to replicas.
    uint256 paid;
    /// DECO taken out of stakes.
    uint256 slashed;
    /// Part of it from seats that never committed.
    uint256 noShow;
}

/// @title Settlement
/// @notice The ends of a task: an accepted result, a further round, or none.
abstract contract Settlement is Voting {
    using ProviderWords for uint256;
    using ProviderWords for ProviderWork;
    using RequestLib for Request;
    using TaskLib for Task;
    using TaskLib for uint16;
    using Trust for ProviderWork;
    using Votes for Seat[];
    using Votes for Tally;

    /// @dev Result documents given to `settle`, in bytes.
    uint256 internal constant MAX_DOCUMENT = 16_384;

    /// @inheritdoc IDecoTasks
    function settle(Request calldata request, uint32[] calldata roster, Opening calldata opening) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        _requireRevealing(taskId, task);
        if (task.revealed < task.committed) {
            uint256 closesAt = uint256(task.phaseAt) + task.revealWindow;
            if (block.timestamp <= closesAt) revert RevealWindowOpen(closesAt);
        }
        bytes32 result = _open(request, opening);
        TaskParameters memory terms = _terms(task);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        Tally memory tally = Votes.tally(taskId, seats, result, task.round, terms.weightCap);
        if (!tally.accepted(request.thresholdBps, request.minAgreeing, request.minWeight)) {
            revert ResultNotAccepted(result, tally.weight, tally.total);
        }

        _tasks[taskId] = _settledWord(request, result, tally.agreeing);
        Ledger memory ledger;
        for (uint256 i = 0; i < seats.length; ++i) {
            (SeatOutcome outcome, uint256 paid, uint256 slashed) =
                _judge(request, terms, seats[i], (tally.agrees >> i) & 1 == 1);
            _endSeat(request, terms, taskId, roster[i], seats[i], outcome, paid, slashed, true, ledger);
        }
        uint256 refund = _close(request, taskId, task.round, terms, ledger, true);
        emit TaskSettled(
            taskId, result, opening.digest, opening.root, tally.weight, tally.total, refund, msg.sender, opening.document
        );
    }

    /// @inheritdoc IDecoTasks
    function escalate(Request calldata request) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        _requireRevealing(taskId, task);
        TaskParameters memory terms = _terms(task);
        _requireVoteFailed(task, terms);
        if (!_furtherRound(request, task, terms)) revert NoFurtherRound(taskId);

        ++task.round;
        uint8 left = request.maxReplicas - task.seats;
        task.wanted = request.replicas < left ? request.replicas : left;
        task.taken = 0;
        task.committed = 0;
        task.abstained = 0;
        task.revealed = 0;
        task.reseeded = false;
        task.status = TaskStatus.Open;
        task.openedAt = uint32(block.timestamp);
        task.phaseAt = 0;
        task.seedBlock = uint32(block.number + 1);
        _tasks[taskId] = task.pack();
        _balances[request.token][msg.sender] += request.settlementFee;
        emit RoundOpened(taskId, task.round, task.wanted, task.seedBlock);
    }

    /// @inheritdoc IDecoTasks
    function expire(Request calldata request, uint32[] calldata roster) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        TaskParameters memory terms = _terms(task);
        EndReason reason = _endReason(request, taskId, task, terms);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        // Seats of a round that never filled were never asked to work.
        uint256 releasedRound = task.status == TaskStatus.Open ? task.round : 0;
        uint256 consoled = reason == EndReason.Unfilled ? 0 : seats.largestGroup(terms.weightCap);

        _end(taskId, reason);
        Ledger memory ledger;
        for (uint256 i = 0; i < seats.length; ++i) {
            (SeatOutcome outcome, uint256 paid, uint256 slashed) =
                _release(request, terms, seats[i], releasedRound, (consoled >> i) & 1 == 1);
            _endSeat(request, terms, taskId, roster[i], seats[i], outcome, paid, slashed, false, ledger);
        }
        uint256 refund = _close(request, taskId, task.round, terms, ledger, false);
        emit TaskEnded(taskId, reason, refund, msg.sender);
    }

    /// @dev Why `expire` is legal now, or the error that tells since when it will be, or what to call instead.
    function _endReason(Request calldata request, bytes32 taskId, Task memory task, TaskParameters memory terms)
        private
        view
        returns (EndReason)
    {
        if (task.status == TaskStatus.Open) {
            uint256 closesAt = uint256(task.openedAt) + request.claimWindow;
            if (block.timestamp <= closesAt) revert ClaimWindowOpen(closesAt);
            if (task.round == 1) return EndReason.Unfilled;
            return task.reasons.cannotRun() ? EndReason.CannotRun : EndReason.VoteFailed;
        }
        _requireRevealing(taskId, task);
        _requireVoteFailed(task, terms);
        if (task.reasons.cannotRun()) return EndReason.CannotRun;
        if (_furtherRound(request, task, terms)) revert FurtherRoundPossible(taskId);
        return EndReason.VoteFailed;
    }

    function _requireRevealing(bytes32 taskId, Task memory task) private view {
        _closeCommits(task);
        if (task.status == TaskStatus.Revealing) return;
        if (task.status != TaskStatus.Executing) revert WrongStatus(taskId, task.status);
        revert CommitWindowOpen(uint256(task.phaseAt) + task.commitWindow);
    }

    /// @dev For a while after the reveals only `settle` is legal. A round in which nobody committed has nothing to settle.
    function _requireVoteFailed(Task memory task, TaskParameters memory terms) private view {
        if (task.committed == 0) return;
        uint256 closesAt = uint256(task.phaseAt) + task.revealWindow + terms.settleWindow;
        if (block.timestamp <= closesAt) revert SettleWindowOpen(closesAt);
    }

    /// @dev Whether seats are left, the program can run, and a round opened now still fits the packed offsets.
    function _furtherRound(Request calldata request, Task memory task, TaskParameters memory terms)
        private
        view
        returns (bool)
    {
        if (task.seats >= request.maxReplicas || task.round == TaskLib.MAX_ROUNDS) return false;
        if (task.reasons.cannotRun()) return false;
        return block.timestamp - task.postedAt + _roundSeconds(request, terms) <= TaskLib.MAX_WINDOW;
    }

    function _open(Request calldata request, Opening calldata opening) private pure returns (bytes32) {
        if ((request.volume > 1) != (opening.root != 0)) revert InvalidOpening();
        uint256 size = opening.document.length;
        if (size > MAX_DOCUMENT) revert DocumentTooLarge(size, MAX_DOCUMENT);
        if (size != 0) {
            bytes32 actual = sha256(opening.document);
            if (actual != opening.digest) revert DocumentMismatch(opening.digest, actual);
        }
        return OpeningLib.result(opening);
    }

    /// @dev Every seat of the task, once: ids ascend, each has a seat, and there are as many as were taken.
    function _roster(bytes32 taskId, uint256 expected, uint32[] calldata roster)
        private
        view
        returns (Seat[] memory seats)
    {
        if (roster.length != expected) revert RosterIncomplete(roster.length, expected);
        seats = new Seat[](expected);
        uint256 previous;
        for (uint256 i = 0; i < expected; ++i) {
            uint32 provider = roster[i];
            if (provider <= previous) revert InvalidRoster(i);
            previous = provider;
            Seat memory seat = SeatLib.unpack(_seats[SeatLib.key(taskId, provider)]);
            if (seat.status == SeatStatus.None || seat.status == SeatStatus.Declined) revert InvalidRoster(i);
            seats[i] = seat;
        }
    }

    /// @dev What a seat gets when a result was accepted.
    function _judge(Request calldata request, TaskParameters memory terms, Seat memory seat, bool agrees)
        private
        pure
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (agrees) {
            paid = Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction);
            return (SeatOutcome.Agreed, paid, 0);
        }
        if (seat.status == SeatStatus.Revealed) {
            return (SeatOutcome.Dissented, 0, Accounting.shareDown(request.lock, request.dissentBps));
        }
        return _fault(request, terms, seat);
    }

    /// @dev What a seat gets when there is no result.
    function _release(
        Request calldata request,
        TaskParameters memory terms,
        Seat memory seat,
        uint256 releasedRound,
        bool consoled
    ) private pure returns (SeatOutcome outcome, uint256 paid, uint256 slashed) {
        if (consoled) {
            uint256 price = Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction);
            return (SeatOutcome.Consoled, Accounting.shareDown(price, terms.failedVoteBps), 0);
        }
        bool unasked = seat.round == releasedRound && seat.status != SeatStatus.Abstained;
        if (unasked || seat.status == SeatStatus.Revealed) return (SeatOutcome.Released, 0, 0);
        return _fault(request, terms, seat);
    }

    /// @dev Seats that did not reveal.
    function _fault(Request calldata request, TaskParameters memory terms, Seat memory seat)
        private
        pure
        returns (SeatOutcome, uint256, uint256)
    {
        if (seat.status == SeatStatus.Committed) return (SeatOutcome.Withheld, 0, request.lock);
        if (seat.status == SeatStatus.Abstained) {
            return (SeatOutcome.Abstained, 0, Accounting.shareDown(request.lock, terms.declineBps));
        }
        return (SeatOutcome.NoShow, 0, Accounting.shareDown(request.lock, terms.noShowBps));
    }

    /// @dev Pays, unlocks, slashes and moves trust for one seat, and forgets it.
    function _endSeat(
        Request calldata request,
        TaskParameters memory terms,
        bytes32 taskId,
        uint32 provider,
        Seat memory seat,
        SeatOutcome outcome,
        uint256 paid,
        uint256 slashed,
        bool accepted,
        Ledger memory ledger
    ) private {
        ProviderWork memory work = _works[provider].unpackWork();
        _unlock(provider, work, request.lock, slashed, uint256(terms.minIdentityStake) * 1 ether);
        if (accepted) _moveTrust(work, terms, seat, outcome);
        _works[provider] = work.pack();
        delete _seats[SeatLib.key(taskId, provider)];
        if (paid != 0) {
            _earnings[request.token][provider] += paid;
            ledger.paid += paid;
        }
        ledger.slashed += slashed;
        if (outcome == SeatOutcome.NoShow) ledger.noShow += slashed;
        emit SeatEnded(taskId, provider, outcome, paid, slashed, work.trust, work.debt);
    }

    function _moveTrust(ProviderWork memory work, TaskParameters memory terms, Seat memory seat, SeatOutcome outcome)
        private
        view
    {
        if (outcome == SeatOutcome.Agreed) {
            if (seat.early && terms.trustMoves) work.raise(terms.agreeStep, block.timestamp / terms.epoch);
        } else if (outcome == SeatOutcome.Dissented || outcome == SeatOutcome.Withheld) {
            work.lower(terms.dissentStep);
        } else if (outcome == SeatOutcome.NoShow) {
            work.lower(terms.noShowStep);
        }
    }

    /// @dev Books slashes, compensates and refunds the requester, pays the caller. Each round before the last was opened by
    /// a paid `escalate`.
    function _close(
        Request calldata request,
        bytes32 taskId,
        uint256 rounds,
        TaskParameters memory terms,
        Ledger memory ledger,
        bool accepted
    ) private returns (uint256 refund) {
        uint256 fee = accepted ? Accounting.shareDown(ledger.paid, terms.protocolFeeBps) : 0;
        if (fee != 0) _balances[request.token][parameters.treasury()] += fee;
        if (ledger.slashed != 0) {
            (uint256 compensation,) = Accounting.splitNoShow(ledger.noShow, uint256(terms.postingFee) * MILLI);
            _burnStake(ledger.slashed, ledger.slashed - compensation);
            if (compensation != 0) {
                _balances[deco][request.requester] += compensation;
                emit RequesterCompensated(taskId, request.requester, compensation);
            }
        }
        uint256 escrow = request.escrow(terms.protocolFeeBps);
        refund = Accounting.refund(escrow, ledger.paid, fee, rounds * request.settlementFee);
        if (refund != 0) _balances[request.token][request.requester] += refund;
        if (request.settlementFee != 0) _balances[request.token][msg.sender] += request.settlementFee;
    }

    function _settledWord(Request calldata request, bytes32 result, uint256 agreeing) private pure returns (uint256) {
        uint256 budget = agreeing * Accounting.shareDown(request.lock, request.dissentBps) / 1 ether;
        Outcome memory outcome;
        outcome.status = TaskStatus.Settled;
        outcome.agreeing = uint8(agreeing);
        outcome.bag = request.volume > 1;
        outcome.securityBudget = budget > type(uint32).max ? type(uint32).max : uint32(budget);
        outcome.result = bytes26(result);
        return TaskLib.packOutcome(outcome);
    }
}
