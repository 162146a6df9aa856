// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {Accounting} from "../libraries/Accounting.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {TaskParameters} from "../types/Parameters.sol";
import {ProviderStake, ProviderWords, ProviderWork, StakeLib} from "../types/Provider.sol";
import {Request} from "../types/Request.sol";
import {Seat, SeatLib, SeatStatus} from "../types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../types/Task.sol";
import {Posting} from "./Posting.sol";

/// @title Seating
/// @notice Seats by open sortition, and giving them back.
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
    function decline(Request calldata request) external {
        uint32 provider = _caller();
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        TaskParameters memory terms = _terms(task);
        uint256 deadline = uint256(task.openedAt) + request.claimWindow;
        if (task.status == TaskStatus.Executing) {
            uint256 grace = uint256(task.phaseAt) + terms.declineGrace;
            if (grace < deadline) deadline = grace;
        } else if (task.status != TaskStatus.Open) {
            revert WrongStatus(taskId, task.status);
        }
        if (block.timestamp > deadline) revert DeclineTooLate(deadline);

        bytes32 key = SeatLib.key(taskId, provider);
        Seat memory seat = SeatLib.unpack(_seats[key]);
        if (seat.status != SeatStatus.Taken || seat.round != task.round) {
            revert WrongSeatStatus(taskId, provider, seat.status);
        }
        // The seat is kept as declined, so that it cannot be taken again by the same provider.
        seat.status = SeatStatus.Declined;
        _seats[key] = seat.pack();
        --task.seats;
        --task.taken;
        task.status = TaskStatus.Open;
        task.phaseAt = 0;
        _tasks[taskId] = task.pack();

        uint256 fee = Accounting.shareDown(request.lock, terms.declineBps);
        ProviderWork memory work = _works[provider].unpackWork();
        _unlock(provider, work, request.lock, fee, uint256(terms.minIdentityStake) * 1 ether);
        _works[provider] = work.pack();
        _burnStake(fee, fee);
        emit SeatDeclined(taskId, provider, fee);
    }

    /// @inheritdoc IDecoTasks
    function reseed(Request calldata request) external {
        bytes32 taskId = _hash(request);
        Task memory task = _load(taskId);
        if (task.status != TaskStatus.Open) revert WrongStatus(taskId, task.status);
        uint256 closesAt = uint256(task.openedAt) + request.claimWindow;
        if (block.timestamp > closesAt) revert ClaimWindowClosed(closesAt);
        if (task.reseeded) revert AlreadyReseeded(taskId);
        if (!randomness.lost(task.seedBlock)) revert SeedNotLost(task.seedBlock);
        task.reseeded = true;
        task.openedAt = uint32(block.timestamp);
        task.seedBlock = uint32(block.number + 1);
        _tasks[taskId] = task.pack();
        emit Reseeded(taskId, task.seedBlock);
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
        bytes32 seed = randomness.seed(task.seedBlock);
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

    /// @dev Frees a seat's lock and takes `slashed` of it out of the stake. The caller stores `work` and books the slash.
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
        ProviderStake memory current = _stakes[provider].unpackStake();
        // A slash is a share of the lock, which is part of the active stake.
        current.remove(uint96(slashed));
        _stakes[provider] = current.pack();
        if (current.active < minIdentityStake) work.dormant = true;
    }

    /// @dev Books stake that `_unlock` took out, of which `burned` leaves the supply.
    function _burnStake(uint256 slashed, uint256 burned) internal {
        if (slashed == 0) return;
        _totalStake -= uint128(slashed);
        _pendingBurn += burned;
    }
}
