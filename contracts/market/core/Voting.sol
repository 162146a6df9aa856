// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {OpeningLib, Reveal} from "../../types/Opening.sol";
import {Seat, SeatLib, SeatStatus} from "../../types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Seating} from "./Seating.sol";

/// @title Voting
/// @notice Commitments and reveals. The result itself is opened only once, at settlement: later voters have
/// nothing to copy.
abstract contract Voting is Seating {
    using SeatLib for Seat;
    using TaskLib for Task;
    using TaskLib for uint256;

    /// @dev Reveals relayed in one call.
    uint256 internal constant MAX_REVEALS = 64;

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
}
