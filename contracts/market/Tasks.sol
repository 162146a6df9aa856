// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PanelLib} from "../types/Panel.sol";
import {TaskParametersLib} from "../types/Parameters.sol";
import {ProviderStake, ProviderWork, StakeLib} from "../types/Provider.sol";
import {Request, RequestLib, SeatTerms, SeatTermsLib} from "../types/Request.sol";
import {SeatLib, SeatStatus} from "../types/Seat.sol";
import {EndReason, Outcome, Task, TaskLib, TaskStatus} from "../types/Task.sol";
import {MarketState} from "./MarketState.sol";

/// @title Tasks
/// @notice Phases and seats of live tasks, as every entry point sees them.
abstract contract Tasks is MarketState {
    using RequestLib for Request;
    using SeatTermsLib for SeatTerms;
    using StakeLib for ProviderStake;
    using TaskLib for uint256;
    using TaskParametersLib for uint256;

    /// @dev Parameters of the task's post: packed {TaskParameters}.
    function _terms(Task memory task) internal view returns (uint256) {
        return PARAMETERS.taskWord(task.parameters);
    }

    function _end(bytes32 taskId, EndReason reason) internal {
        Outcome memory outcome;
        outcome.status = TaskStatus.Ended;
        outcome.reason = reason;
        _tasks[taskId] = TaskLib.packOutcome(outcome);
    }

    /// @dev What the market holds for a task from its post on, in base units of the payment token.
    function _escrow(Request calldata request, uint256 terms) internal pure returns (uint256 amount) {
        amount = request.escrow(terms.protocolFeeBps());
        if (request.auditBps != 0) amount += PanelLib.cost(request, terms, 1);
    }

    /// @dev Longest life of one round; a lost seed opens its claim window, and its allocator's, once more.
    function _roundSeconds(Request calldata request, uint256 terms) internal pure returns (uint256) {
        uint256 claims = request.seats().claimsCloseAt(0);
        return 2 * claims + request.commitWindow + request.revealWindow + terms.settleWindow();
    }

    /// @dev When a round's commit window has passed, reveals have been open since its end.
    function _closeCommits(Task memory task) internal view {
        if (task.status != TaskStatus.Executing) return;
        uint256 closesAt = uint256(task.phaseAt) + task.commitWindow;
        if (block.timestamp <= closesAt) return;
        task.status = TaskStatus.Revealing;
        task.phaseAt = uint32(closesAt);
    }

    /// @dev Last second for a proof, a rescue or a verdict on a task with a policy, whose reveal window is the time to rescue or to
    /// judge. When the holder of its seat has committed or abstained, that window began with it.
    function _proofsCloseAt(Request calldata request, Task memory task) internal pure returns (uint256) {
        if (request.replicas == 0) return uint256(task.openedAt) + request.commitWindow;
        uint256 begins = task.phaseAt;
        if (task.status == TaskStatus.Executing) begins += request.commitWindow;
        return begins + request.revealWindow;
    }

    function _requireRevealing(bytes32 taskId, Task memory task) internal view {
        _closeCommits(task);
        if (task.status == TaskStatus.Revealing) return;
        if (task.status != TaskStatus.Executing) revert WrongStatus(taskId, task.status);
        revert CommitWindowOpen(uint256(task.phaseAt) + task.commitWindow);
    }

    /// @dev The provider's uncommitted seat of a full round within its commit window, and the task, both packed.
    function _ownSeat(bytes32 taskId, uint32 provider) internal view returns (uint256 task, bytes32 key, uint256 seat) {
        task = _tasks[taskId];
        if (TaskLib.statusOf(task) != TaskStatus.Executing) {
            if (task == 0) revert UnknownTask(taskId);
            revert WrongStatus(taskId, TaskLib.statusOf(task));
        }
        uint256 closesAt = task.commitsCloseAt();
        if (block.timestamp > closesAt) revert CommitWindowClosed(closesAt);
        key = SeatLib.key(taskId, provider);
        seat = _seats[key];
        if (SeatLib.statusOf(seat) != SeatStatus.Taken || SeatLib.roundOf(seat) != TaskLib.roundOf(task)) {
            revert WrongSeatStatus(taskId, provider, SeatLib.statusOf(seat));
        }
    }

    /// @dev Stores the task after a commitment or abstention; the last one of a full round opens the reveals.
    function _storeVoter(bytes32 taskId, uint256 task) internal {
        _tasks[taskId] = task.votersOf() == task.wantedOf() ? task.inPhase(TaskStatus.Revealing, block.timestamp) : task;
    }

    /// @dev Frees a seat's lock and takes `slashed` of it out of the stake. The caller stores `work`, which the stake is no part
    /// of, and books the slash.
    function _unlock(
        uint32 provider,
        ProviderWork memory work,
        uint96 amount,
        uint256 slashed,
        uint256 minIdentityStake
    ) internal {
        work.locked -= amount;
        --work.liveSeats;
        if (slashed == 0) return;
        ProviderStake memory current = _stakeOf(provider);
        // A slash is a share of the lock, which is part of the active stake.
        current.remove(uint96(slashed));
        _storeStake(provider, current);
        if (current.active < minIdentityStake && !work.dormant) {
            work.dormant = true;
            if (!work.leaving) --_activeIdentities;
        }
    }

    /// @dev Books stake that `_unlock` took out, of which `burned` leaves the supply.
    function _burnStake(uint256 slashed, uint256 burned) internal {
        if (slashed == 0) return;
        _totalStake -= uint128(slashed);
        _pendingBurn += burned;
    }
}
