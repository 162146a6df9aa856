// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {OpeningLib, Reveal} from "../../types/Opening.sol";
import {SeatLib, SeatStatus} from "../../types/Seat.sol";
import {TaskLib, TaskStatus} from "../../types/Task.sol";
import {MarketState} from "../MarketState.sol";

/// @title Reveals
/// @notice Tags of commitments, stored one by one. The result itself is opened only once, at settlement: later voters have
/// nothing to copy.
abstract contract Reveals is MarketState {
    using TaskLib for uint256;

    /// @dev Reveals relayed in one call.
    uint256 internal constant MAX_REVEALS = 64;

    /// @dev See {IDecoTasks-reveal}.
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
            emit IDecoTasks.RevealSkipped(reveals[i].taskId, reveals[i].provider, refusal);
        }
        if (stored == 0) revert NothingRevealed(first);
    }

    function _reveal(Reveal calldata item) private returns (RevealRefusal) {
        uint256 task = _tasks[item.taskId];
        if (task.statusOf() == TaskStatus.Executing && block.timestamp > task.commitsCloseAt()) {
            task = task.inPhase(TaskStatus.Revealing, task.commitsCloseAt());
        }
        if (task.statusOf() != TaskStatus.Revealing) return RevealRefusal.WrongStatus;
        if (block.timestamp > task.revealsCloseAt()) return RevealRefusal.WindowClosed;
        bytes32 key = SeatLib.key(item.taskId, item.provider);
        uint256 seat = _seats[key];
        if (SeatLib.statusOf(seat) != SeatStatus.Committed) return RevealRefusal.NotCommitted;
        uint256 round = task.roundOf();
        if (SeatLib.roundOf(seat) != round) return RevealRefusal.WrongRound;
        bytes32 expected = OpeningLib.commitment(item.taskId, round, item.provider, item.tag, item.salt);
        if (bytes24(expected) != SeatLib.valueOf(seat)) return RevealRefusal.Mismatch;

        _seats[key] = SeatLib.advance(seat, SeatStatus.Revealed, bytes24(item.tag));
        _tasks[item.taskId] = task + TaskLib.ONE_REVEALED;
        emit IDecoTasks.Revealed(item.taskId, item.provider, item.tag, item.salt);
        return RevealRefusal.None;
    }
}
