// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {IProofPolicy} from "../../interfaces/IProofPolicy.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Policies} from "../../libraries/Policies.sol";
import {Votes} from "../../libraries/Votes.sol";
import {PolicyWord, TaskParametersLib} from "../../types/Parameters.sol";
import {Request, RequestLib, SeatTerms, SeatTermsLib} from "../../types/Request.sol";
import {Seat, SeatOutcome, SeatStatus} from "../../types/Seat.sol";
import {EndReason, Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Ending} from "../Closings.sol";
import {Endings} from "../Endings.sol";

/// @title Failures
/// @notice What follows a failed vote or an empty seat: a further round, or the end without a result.
abstract contract Failures is Endings {
    using RequestLib for Request;
    using SeatTermsLib for SeatTerms;
    using TaskLib for Task;
    using TaskLib for uint16;
    using TaskParametersLib for uint256;
    using Votes for Seat[];

    /// @dev See {IDecoTasks-escalate}.
    function escalate(Request calldata request) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        _requireRevealing(taskId, task);
        uint256 terms = _terms(task);
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
        emit IDecoTasks.RoundOpened(taskId, task.round, task.wanted, task.seedBlock);
    }

    /// @dev See {IDecoTasks-expire}.
    function expire(Request calldata request, uint32[] calldata roster) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        uint256 terms = _terms(task);
        EndReason reason = _endReason(request, taskId, task, terms);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        Ending memory ending;
        ending.taskId = taskId;
        ending.rounds = task.round;
        ending.terms = terms;
        // Seats of a round that never filled were never asked to work.
        bool blameless = reason == EndReason.PolicyRemoved || reason == EndReason.Unjudged;
        ending.releasedRound = task.status == TaskStatus.Open || blameless ? task.round : 0;
        ending.favoured = reason == EndReason.Unfilled ? 0 : seats.largestGroup(terms.weightCap());
        _end(taskId, reason);
        uint256 refund = _close(request, roster, seats, ending);
        emit IDecoTasks.TaskEnded(taskId, reason, refund, msg.sender);
    }

    /// @dev What a seat gets when there is no result.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool consoled)
        internal
        pure
        override
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (consoled) {
            uint256 price = Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction);
            return (SeatOutcome.Consoled, Accounting.shareDown(price, ending.terms.failedVoteBps()), 0);
        }
        bool unasked = seat.round == ending.releasedRound && seat.status != SeatStatus.Abstained;
        if (unasked || seat.status == SeatStatus.Revealed) return (SeatOutcome.Released, 0, 0);
        return _fault(request, ending.terms, seat);
    }

    /// @dev Why `expire` is legal now, or the error that tells since when it will be, or what to call instead.
    function _endReason(Request calldata request, bytes32 taskId, Task memory task, uint256 terms)
        private
        view
        returns (EndReason)
    {
        if (request.policy != address(0)) {
            uint256 policy = PARAMETERS.policyWord(request.policy);
            if (!Policies.live(request.policy, request.policyData, policy)) return EndReason.PolicyRemoved;
            // A seat that nobody took is as in a vote.
            if (task.status != TaskStatus.Open || request.replicas == 0) {
                return _unproven(request, task, PolicyWord.kindOf(policy));
            }
        }
        if (task.status == TaskStatus.Open) {
            uint256 closesAt = request.seats().claimsCloseAt(task.openedAt);
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

    /// @dev Why a task that waits for its policy may end: the policy's time is over.
    function _unproven(Request calldata request, Task memory task, IProofPolicy.Kind kind)
        private
        view
        returns (EndReason)
    {
        uint256 closesAt = _proofsCloseAt(request, task);
        if (block.timestamp <= closesAt) revert ProofWindowOpen(closesAt);
        return kind == IProofPolicy.Kind.Judge ? EndReason.Unjudged : EndReason.Unproven;
    }

    /// @dev For a while after the reveals only `settle` is legal. A round in which nobody committed has nothing to settle.
    function _requireVoteFailed(Task memory task, uint256 terms) private view {
        if (task.committed == 0) return;
        uint256 closesAt = uint256(task.phaseAt) + task.revealWindow + terms.settleWindow();
        if (block.timestamp <= closesAt) revert SettleWindowOpen(closesAt);
    }

    /// @dev Whether seats are left, the program can run, and a round opened now still fits the packed offsets.
    function _furtherRound(Request calldata request, Task memory task, uint256 terms) private view returns (bool) {
        if (task.seats >= request.maxReplicas || task.round == TaskLib.MAX_ROUNDS) return false;
        if (task.reasons.cannotRun()) return false;
        return block.timestamp - task.postedAt + _roundSeconds(request, terms) <= TaskLib.MAX_WINDOW;
    }
}
