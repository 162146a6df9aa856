// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Sortition} from "../../libraries/Sortition.sol";
import {ProviderStake, ProviderWords, ProviderWork, StakeLib} from "../../types/Provider.sol";
import {Request} from "../../types/Request.sol";
import {Seat, SeatLib, SeatStatus} from "../../types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../../types/Task.sol";
import {Posting} from "./Posting.sol";

/// @title Seating
/// @notice Seats by open sortition.
abstract contract Seating is Posting {
    using ProviderWords for uint256;
    using ProviderWords for ProviderStake;
    using ProviderWords for ProviderWork;
    using SeatLib for Seat;
    using StakeLib for ProviderStake;
    using TaskLib for Task;

    /// @inheritdoc IDecoTasks
    function claim(Request calldata request) external {
        uint32 provider = _caller();
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        if (task.status != TaskStatus.Open) revert WrongStatus(taskId, task.status);
        uint256 closesAt = uint256(task.openedAt) + request.claimWindow;
        if (block.timestamp > closesAt) revert ClaimWindowClosed(closesAt);
        bytes32 key = SeatLib.key(taskId, provider);
        if (_seats[key] != 0) revert AlreadySeated(taskId, provider);

        uint256 elapsed = block.timestamp - task.openedAt;
        _checkDrawn(taskId, task, provider, elapsed, request.claimWindow);
        uint8 trust = _lock(provider, request.lock, request.minTrust);

        Seat memory seat;
        seat.status = SeatStatus.Taken;
        seat.round = task.round;
        seat.trust = trust;
        seat.early = Sortition.early(elapsed, request.claimWindow);
        seat.priceFraction = Accounting.rampFraction(elapsed, request.rampSeconds);
        _seats[key] = seat.pack();

        ++task.seats;
        if (++task.taken == task.wanted) {
            task.status = TaskStatus.Executing;
            task.phaseAt = uint32(block.timestamp);
        }
        _tasks[taskId] = task.pack();
        emit SeatTaken(taskId, provider, seat.round, trust, seat.early, seat.priceFraction);
    }

    /// @inheritdoc IDecoTasks
    function getSeat(bytes32 taskId, uint32 provider) external view returns (Seat memory) {
        return SeatLib.unpack(_seats[SeatLib.key(taskId, provider)]);
    }

    /// @inheritdoc IDecoTasks
    function getTask(bytes32 taskId) external view returns (Task memory) {
        return _load(taskId);
    }

    function _checkDrawn(bytes32 taskId, Task memory task, uint32 provider, uint256 elapsed, uint256 window)
        private
        view
    {
        bytes32 seed = RANDOMNESS.seed(task.seedBlock);
        if (seed == 0) revert SeedUnknown(task.seedBlock);
        uint256 stakeThen = _stakes[provider].unpackStake().activeBefore(task.postedAt) / MILLI;
        if (stakeThen == 0) revert StakeTooYoung(provider);
        bytes32 ticket = Sortition.ticket(seed, taskId, task.round, provider);
        if (!Sortition.drawn(ticket, elapsed, window, task.wanted, stakeThen, task.totalStake)) {
            revert NotDrawn(provider, ticket);
        }
    }

    /// @dev Binds stake to a seat.
    /// @return trust The trust index that the seat keeps.
    function _lock(uint32 provider, uint96 amount, uint8 minTrust) private returns (uint8 trust) {
        ProviderWork memory work = _works[provider].unpackWork();
        if (work.leaving) revert ProviderLeaving(provider);
        if (work.dormant) revert ProviderDormant(provider);
        trust = work.trust;
        if (trust < minTrust) revert TrustTooLow(provider, trust, minTrust);
        uint256 free = _stakes[provider].unpackStake().active - work.locked;
        if (free < amount) revert StakeNotFree(provider, amount, free);
        work.locked += amount;
        ++work.liveSeats;
        _works[provider] = work.pack();
    }
}
