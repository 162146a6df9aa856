// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {OpeningLib, Reveal} from "../types/Opening.sol";
import {Seat, SeatLib, SeatStatus} from "../types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../types/Task.sol";
import {Seating} from "./Seating.sol";

/// @title Voting
/// @notice Commitments, abstentions and reveals. The result itself is opened only once, at settlement: later voters have
/// nothing to copy.
abstract contract Voting is Seating {
    using SeatLib for Seat;
    using TaskLib for Task;
    using TaskLib for uint16;
    using TaskLib for uint256;

    /// @dev Reveals relayed in one call.
    uint256 internal constant MAX_REVEALS = 64;
    /// @dev Reason codes of abstentions are 1 .. MAX_REASON.
    uint8 internal constant MAX_REASON = 7;

    /// @inheritdoc IDecoTasks
    function commit(bytes32 taskId, bytes32 commitment) external {
        bytes24 prefix = bytes24(commitment);
        if (prefix == 0) revert EmptyCommitment();
        (uint32 provider, Task memory task, bytes32 key, Seat memory seat) = _ownSeat(taskId);
        seat.status = SeatStatus.Committed;
        seat.value = prefix;
        _seats[key] = seat.pack();
        ++task.committed;
        _storeVoter(taskId, task);
        emit Committed(taskId, provider, commitment);
    }

    /// @inheritdoc IDecoTasks
    function abstain(bytes32 taskId, uint8 reason) external {
        if (reason == 0 || reason > MAX_REASON) revert InvalidReason(reason);
        (uint32 provider, Task memory task, bytes32 key, Seat memory seat) = _ownSeat(taskId);
        seat.status = SeatStatus.Abstained;
        seat.value = bytes24(uint192(reason));
        _seats[key] = seat.pack();
        ++task.abstained;
        task.reasons = task.reasons.countReason(reason);
        _storeVoter(taskId, task);
        emit SeatAbstained(taskId, provider, reason);
    }

    /// @inheritdoc IDecoTasks
    function reveal(Reveal[] calldata reveals) external {
        uint256 count = reveals.length;
        if (count > MAX_REVEALS) revert TooManyReveals(count, MAX_REVEALS);
        uint256 stored;
        RevealRefusal first;
        for (uint256 i = 0; i < count; ++i) {
            RevealRefusal refusal = _reveal(reveals[i]);
            if (refusal == RevealRefusal.None) {
                ++stored;
                continue;
            }
            if (first == RevealRefusal.None) first = refusal;
            emit RevealSkipped(reveals[i].taskId, reveals[i].provider, refusal);
        }
        if (stored == 0) revert NothingRevealed(first);
    }

    /// @dev When a round's commit window has passed, reveals have been open since its end.
    function _closeCommits(Task memory task) internal view {
        if (task.status != TaskStatus.Executing) return;
        uint256 closesAt = uint256(task.phaseAt) + task.commitWindow;
        if (block.timestamp <= closesAt) return;
        task.status = TaskStatus.Revealing;
        task.phaseAt = uint32(closesAt);
    }

    function _reveal(Reveal calldata item) private returns (RevealRefusal) {
        uint256 word = _tasks[item.taskId];
        if (word.statusOf() != TaskStatus.Executing && word.statusOf() != TaskStatus.Revealing) {
            return RevealRefusal.WrongStatus;
        }
        Task memory task = word.unpack();
        _closeCommits(task);
        if (task.status != TaskStatus.Revealing) return RevealRefusal.WrongStatus;
        if (block.timestamp > uint256(task.phaseAt) + task.revealWindow) return RevealRefusal.WindowClosed;
        bytes32 key = SeatLib.key(item.taskId, item.provider);
        Seat memory seat = SeatLib.unpack(_seats[key]);
        if (seat.status != SeatStatus.Committed) return RevealRefusal.NotCommitted;
        if (seat.round != task.round) return RevealRefusal.WrongRound;
        bytes32 expected = OpeningLib.commitment(item.taskId, seat.round, item.provider, item.tag, item.salt);
        if (bytes24(expected) != seat.value) return RevealRefusal.Mismatch;

        seat.status = SeatStatus.Revealed;
        seat.value = bytes24(item.tag);
        _seats[key] = seat.pack();
        ++task.revealed;
        _tasks[item.taskId] = task.pack();
        emit Revealed(item.taskId, item.provider, item.tag, item.salt);
        return RevealRefusal.None;
    }

    /// @dev The caller's uncommitted seat of a full round within its commit window.
    function _ownSeat(bytes32 taskId)
        private
        view
        returns (uint32 provider, Task memory task, bytes32 key, Seat memory seat)
    {
        provider = _caller();
        task = _load(taskId);
        if (task.status != TaskStatus.Executing) revert WrongStatus(taskId, task.status);
        uint256 closesAt = uint256(task.phaseAt) + task.commitWindow;
        if (block.timestamp > closesAt) revert CommitWindowClosed(closesAt);
        key = SeatLib.key(taskId, provider);
        seat = SeatLib.unpack(_seats[key]);
        if (seat.status != SeatStatus.Taken || seat.round != task.round) {
            revert WrongSeatStatus(taskId, provider, seat.status);
        }
    }

    /// @dev The last voter of a full round opens the reveals.
    function _storeVoter(bytes32 taskId, Task memory task) private {
        if (task.committed + task.abstained == task.wanted) {
            task.status = TaskStatus.Revealing;
            task.phaseAt = uint32(block.timestamp);
        }
        _tasks[taskId] = task.pack();
    }
}
