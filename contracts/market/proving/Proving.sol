// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {IProofPolicy, ProofContext} from "../../interfaces/IProofPolicy.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Openings} from "../../libraries/Openings.sol";
import {Fold} from "../../types/Fold.sol";
import {Opening} from "../../types/Opening.sol";
import {ProviderWords} from "../../types/Provider.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatOutcome, SeatStatus} from "../../types/Seat.sol";
import {EndReason, Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Ending} from "../Closings.sol";
import {Endings} from "../Endings.sol";
import {Folds} from "../Folds.sol";
import {ProofQuestions} from "../ProofQuestions.sol";

/// @title Proving
/// @notice Tasks that are decided by a proof policy: one seat or none, one result, one transaction.
abstract contract Proving is Endings, Folds, ProofQuestions {
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @dev See {IDecoProofs-prove}.
    function prove(Request calldata request, uint32[] calldata roster, Opening calldata opening, bytes calldata proof)
        external
    {
        uint32 provider = _caller();
        (bytes32 taskId, Task memory task, uint256 gasCap) = _loadProof(request, IProofPolicy.Kind.Instant);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        Ending memory ending;
        ending.taskId = taskId;
        ending.rounds = 1;
        ending.terms = _terms(task);
        ending.accepted = true;
        bool holds = _isHolder(request, task, roster, provider);
        if (holds) ending.favoured = 1;
        bytes32 result = _judge(request, taskId, provider, gasCap, opening, proof);

        _tasks[taskId] = _settledWord(request, result, holds ? 1 : 0);
        if (!holds) _payWithoutSeat(request, task, seats, provider, ending);
        uint256 refund = _close(request, roster, seats, ending);
        emit IDecoProofs.ResultProven(taskId, request.policy, provider, ending.paid, ending.awarded);
        _announce(taskId, result, opening, refund);
    }

    /// @dev See {IDecoProofs-proveFolded}. The seat raises nobody's trust, and has no word to forget.
    function proveFolded(Request calldata request, Fold calldata fold, Opening calldata opening, bytes calldata proof)
        external
    {
        bytes32 taskId = _hash(request);
        (uint32 provider, uint256 seat) = _settleFold(request, taskId, fold, opening, proof);
        Ending memory ending;
        ending.taskId = taskId;
        ending.rounds = 1;
        ending.terms = fold.terms;
        ending.accepted = true;
        uint256 ended = _payAgreed(request, _earnings[request.token], provider, seat, ending);
        uint256 refund = _closeAccounts(request, ending);
        _announceProven(taskId, request.policy, provider, ended, refund, opening);
    }

    /// @dev Has the policy judge the proof of a fold's holder, and stores the result.
    /// @return provider The holder.
    /// @return seat Its seat, packed.
    function _settleFold(
        Request calldata request,
        bytes32 taskId,
        Fold calldata fold,
        Opening calldata opening,
        bytes calldata proof
    ) private returns (uint32 provider, uint256 seat) {
        seat = _checkedSeats(taskId, fold)[0];
        uint256 gasCap = _livePolicy(request.policy, taskId, IProofPolicy.Kind.Instant);
        provider = _holderInTime(taskId, fold);
        bytes32 result = _judge(request, taskId, provider, gasCap, opening, proof);
        _tasks[taskId] = _settledWord(request, result, 1);
    }

    /// @dev See {IDecoProofs-conclude}.
    function conclude(Request calldata request, uint32[] calldata roster, Opening calldata opening) external {
        (bytes32 taskId, Task memory task,) = _loadProof(request, IProofPolicy.Kind.Judge);
        if (msg.sender != request.policy) revert NotTheJudge(taskId, msg.sender);
        Seat[] memory seats = _roster(taskId, task.seats, roster);
        Ending memory ending;
        ending.taskId = taskId;
        ending.rounds = 1;
        ending.terms = _terms(task);
        // Trust moves also when the work is found wrong: the judge has looked.
        ending.accepted = true;
        if (opening.digest == 0 && opening.root == 0) {
            _end(taskId, EndReason.Rejected);
            uint256 rest = _close(request, roster, seats, ending);
            emit IDecoTasks.TaskEnded(taskId, EndReason.Rejected, rest, msg.sender);
            return;
        }
        ending.favoured = 1;
        bytes32 result = Openings.check(opening, request.volume);
        _tasks[taskId] = _settledWord(request, result, 1);
        uint256 refund = _close(request, roster, seats, ending);
        emit IDecoProofs.ResultProven(taskId, request.policy, roster[0], ending.paid, 0);
        _announce(taskId, result, opening, refund);
    }

    /// @dev What the seat gets: its price when it proved or the judge approved; else what its silence costs, or what the judge's
    /// rejection does.
    function _verdict(Request calldata request, Ending memory ending, Seat memory seat, bool favoured)
        internal
        pure
        override
        returns (SeatOutcome outcome, uint256 paid, uint256 slashed)
    {
        if (favoured) {
            paid = Accounting.priceDown(request.minPrice, request.maxPrice, seat.priceFraction);
            return (SeatOutcome.Agreed, paid, 0);
        }
        if (ending.rescued || seat.status == SeatStatus.Abstained) return _fault(request, ending.terms, seat);
        return (SeatOutcome.Dissented, 0, Accounting.shareDown(request.lock, request.dissentBps));
    }

    /// @dev A live task whose policy is of this kind and not removed, within its time.
    function _loadProof(Request calldata request, IProofPolicy.Kind kind)
        private
        view
        returns (bytes32 taskId, Task memory task, uint256 gasCap)
    {
        taskId = _hash(request);
        task = _load(taskId);
        gasCap = _livePolicy(request.policy, taskId, kind);
        if (task.status == TaskStatus.Open && request.replicas != 0) revert WrongStatus(taskId, task.status);
        uint256 closesAt = _proofsCloseAt(request, task);
        if (block.timestamp > closesAt) revert ProofWindowClosed(closesAt);
    }

    /// @dev The holder of the fold's one seat, if it is the caller and its time is not over.
    function _holderInTime(bytes32 taskId, Fold calldata fold) private view returns (uint32 provider) {
        uint256 task = fold.task;
        if (task.statusOf() != TaskStatus.Executing) revert WrongStatus(taskId, task.statusOf());
        uint256 until = task.commitsCloseAt();
        if (block.timestamp > until) revert ProofWindowClosed(until);
        provider = fold.roster[0];
        if (_keys[provider].operatorOf() != msg.sender) revert SeatHeld(taskId, until);
    }

    /// @dev Whether the caller proves for its own seat. Others may only when there is none, or its time is over; its holder may not
    /// be its own rescuer.
    function _isHolder(Request calldata request, Task memory task, uint32[] calldata roster, uint32 provider)
        private
        view
        returns (bool)
    {
        if (request.replicas == 0) return false;
        uint256 until = uint256(task.phaseAt) + request.commitWindow;
        bool inTime = task.status == TaskStatus.Executing && block.timestamp <= until;
        if (roster[0] == provider) {
            if (!inTime) revert ProofWindowClosed(until);
            return true;
        }
        if (inTime) revert SeatHeld(_hash(request), until);
        return false;
    }

    /// @dev Pays a rescuer the price of the seat, and half of what its holder loses; or, where there is no seat, the ramp's price.
    function _payWithoutSeat(
        Request calldata request,
        Task memory task,
        Seat[] memory seats,
        uint32 provider,
        Ending memory ending
    ) private {
        uint40 fraction;
        if (seats.length == 0) {
            fraction = Accounting.rampFraction(block.timestamp - task.openedAt, request.rampSeconds);
        } else {
            ending.rescued = true;
            fraction = seats[0].priceFraction;
            (,, uint256 slashed) = _fault(request, ending.terms, seats[0]);
            ending.awarded = slashed / 2;
            if (ending.awarded != 0) _earnings[DECO][provider] += ending.awarded;
        }
        ending.paid = Accounting.priceDown(request.minPrice, request.maxPrice, fraction);
        _earnings[request.token][provider] += ending.paid;
    }

    /// @dev Has the policy judge the proof.
    function _judge(
        Request calldata request,
        bytes32 taskId,
        uint32 provider,
        uint256 gasCap,
        Opening calldata opening,
        bytes calldata proof
    ) private view returns (bytes32 result) {
        result = Openings.check(opening, request.volume);
        ProofContext memory context = ProofContext({
            taskId: taskId,
            provider: provider,
            program: request.program,
            input: request.input,
            policyData: request.policyData,
            volume: request.volume
        });
        _ask(request.policy, gasCap, context, result, proof);
    }
}
