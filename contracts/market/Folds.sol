// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fold, FoldLib} from "../types/Fold.sol";
import {MarketState} from "./MarketState.sol";

/// @title Folds
/// @notice Tasks of which the market keeps one word: whoever acts on them brings the rest.
abstract contract Folds is MarketState {
    /// @dev That the task is folded, and this is what was folded.
    /// @return seats Of the fold.
    function _checkedSeats(bytes32 taskId, Fold calldata fold) internal view returns (uint256[] memory seats) {
        seats = fold.seats;
        if (fold.roster.length != seats.length || _tasks[taskId] != FoldLib.word(fold, fold.task, seats)) {
            revert FoldMismatch(taskId);
        }
    }
}
