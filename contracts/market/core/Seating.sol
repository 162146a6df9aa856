// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Sortition} from "../../libraries/Sortition.sol";
import {ProviderWords} from "../../types/Provider.sol";
import {RequestLib, SeatTerms, SeatTermsLib} from "../../types/Request.sol";
import {SeatLib} from "../../types/Seat.sol";
import {TaskLib, TaskStatus} from "../../types/Task.sol";
import {Drawing} from "../Drawing.sol";

/// @title Seating
/// @notice Seats by open sortition.
abstract contract Seating is Drawing {
    using SeatTermsLib for SeatTerms;
    using TaskLib for uint256;

    /// @dev See {IDecoTasks-claim}.
    function claim(SeatTerms calldata terms, bytes32 body, uint32 provider) external {
        // The key word is read for the age of the stake anyway.
        if (ProviderWords.operatorOf(_keys[provider]) != msg.sender) revert NotAnOperator(msg.sender);
        bytes32 taskId = _hashTypedDataV4(RequestLib.structHash(body, terms.structHash()));
        uint256 task = _tasks[taskId];
        if (task.statusOf() != TaskStatus.Open) {
            if (task == 0) revert UnknownTask(taskId);
            revert WrongStatus(taskId, task.statusOf());
        }
        uint256 opensAt = terms.claimsOpenAt(task.openedAtOf());
        uint256 window = terms.claimWindow;
        if (block.timestamp < opensAt) revert AllocatorWindowOpen(opensAt);
        if (block.timestamp > opensAt + window) revert ClaimWindowClosed(opensAt + window);
        bytes32 key = SeatLib.key(taskId, provider);
        if (_seats[key] != 0) revert AlreadySeated(taskId, provider);

        uint256 elapsed = block.timestamp - opensAt;
        _checkDrawn(taskId, task, provider, elapsed, window);
        uint256 trust = _lock(provider, terms.lock, terms.minTrust);
        bool early = Sortition.early(elapsed, window);
        uint40 fraction = Accounting.rampFraction(elapsed, terms.rampSeconds);
        uint256 round = task.roundOf();
        _seats[key] = SeatLib.taken(round, trust, early, fraction);

        task += TaskLib.ONE_SEAT + TaskLib.ONE_TAKEN;
        if (task.takenOf() == task.wantedOf()) task = task.inPhase(TaskStatus.Executing, block.timestamp);
        _tasks[taskId] = task;
        emit IDecoTasks.SeatTaken(taskId, provider, uint8(round), uint8(trust), early, fraction);
    }
}
