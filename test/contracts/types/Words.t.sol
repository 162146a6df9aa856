// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderStake, ProviderWords, ProviderWork} from "../../../contracts/types/Provider.sol";
import {Seat, SeatLib, SeatStatus} from "../../../contracts/types/Seat.sol";
import {EndReason, Outcome, Task, TaskLib, TaskStatus} from "../../../contracts/types/Task.sol";
import {Asserts} from "../support/Asserts.sol";

/// @notice Every packed word gives back what was put in, field by field, at any value that the contracts allow.
contract WordsTest is Asserts {
    function testFuzz_Task(uint256 a, uint256 b) public pure {
        Task memory task = _task(a, b);
        eq(keccak256(abi.encode(TaskLib.unpack(TaskLib.pack(task)))), keccak256(abi.encode(task)), "task");
    }

    /// @dev What reads one field says what unpacking says.
    function testFuzz_TaskReadings(uint256 a, uint256 b) public pure {
        Task memory task = _task(a, b);
        uint256 word = TaskLib.pack(task);
        eq(uint256(TaskLib.statusOf(word)), uint256(task.status), "status");
        eq(TaskLib.roundOf(word), task.round, "round");
        eq(TaskLib.seatsOf(word), task.seats, "seats");
        eq(TaskLib.wantedOf(word), task.wanted, "wanted");
        eq(TaskLib.takenOf(word), task.taken, "taken");
        eq(TaskLib.committedOf(word), task.committed, "committed");
        eq(TaskLib.votersOf(word), uint256(task.committed) + task.abstained, "voters");
        eq(TaskLib.revealedOf(word), task.revealed, "revealed");
        eq(TaskLib.parametersOf(word), task.parameters, "parameters");
        eq(TaskLib.postedAtOf(word), task.postedAt, "posted");
        eq(TaskLib.openedAtOf(word), task.openedAt, "opened");
        eq(TaskLib.phaseAtOf(word), task.phaseAt, "phase");
        eq(TaskLib.commitsCloseAt(word), uint256(task.phaseAt) + task.commitWindow, "commits close");
        eq(TaskLib.revealsCloseAt(word), uint256(task.phaseAt) + task.revealWindow, "reveals close");
        eq(TaskLib.seedBlockOf(word), task.seedBlock, "seed block");
        eq(TaskLib.totalStakeOf(word), task.totalStake, "total stake");
    }

    /// @dev Nothing changes but what is said.
    function testFuzz_TaskSteps(uint256 a, uint256 b, uint32 auditBlock) public pure {
        Task memory task = _task(a, b);
        uint256 word = TaskLib.pack(task);
        uint256 revealing = TaskLib.inPhase(word, TaskStatus.Revealing, uint256(task.postedAt) + (b >> 160) % 2 ** 20);
        uint256 accepted = TaskLib.accepted(word, auditBlock);
        task.status = TaskStatus.Revealing;
        uint32 phaseAt = task.phaseAt;
        task.phaseAt = task.postedAt + uint32((b >> 160) % 2 ** 20);
        eq(keccak256(abi.encode(TaskLib.unpack(revealing))), keccak256(abi.encode(task)), "in another phase");
        (task.status, task.phaseAt, task.reseeded, task.seedBlock) = (TaskStatus.Accepted, phaseAt, false, auditBlock);
        eq(keccak256(abi.encode(TaskLib.unpack(accepted))), keccak256(abi.encode(task)), "accepted");
    }

    function testFuzz_TaskOpened(uint256 a, uint256 b) public view {
        Task memory task = _task(a, b);
        (task.status, task.round, task.seats, task.taken) = (TaskStatus.Open, 1, 0, 0);
        (task.committed, task.abstained, task.revealed, task.reasons, task.reseeded) = (0, 0, 0, 0, false);
        (task.postedAt, task.openedAt) = (uint32(block.timestamp), uint32(block.timestamp));
        (task.phaseAt, task.seedBlock) = (uint32(block.timestamp), uint32(block.number + 1));
        uint256 word =
            TaskLib.opened(task.wanted, task.commitWindow, task.revealWindow, task.parameters, task.totalStake);
        eq(keccak256(abi.encode(TaskLib.unpack(word))), keccak256(abi.encode(task)), "opened");
    }

    function _task(uint256 a, uint256 b) private pure returns (Task memory task) {
        task.status = TaskStatus(a % 6);
        task.round = uint8(a >> 8) & 0xf;
        task.seats = uint8(a >> 16) & 0x1f;
        task.wanted = uint8(a >> 24) & 0x1f;
        task.taken = uint8(a >> 32) & 0x1f;
        task.committed = uint8(a >> 40) & 0x1f;
        task.abstained = uint8(a >> 48) & 0x1f;
        task.revealed = uint8(a >> 56) & 0x1f;
        task.reasons = uint16(a >> 64) & 0x3fff;
        task.reseeded = (a >> 80) & 1 == 1;
        task.parameters = uint16(a >> 88);
        task.seedBlock = uint32(a >> 104);
        task.totalStake = uint64(a >> 136) & uint64(TaskLib.MAX_TOTAL_STAKE);
        uint32 offset = 2 ** 20 - 1;
        // Leaves room for the offsets before the year 2106.
        task.postedAt = uint32(b) % (type(uint32).max - offset);
        task.openedAt = task.postedAt + (uint32(b >> 32) & offset);
        task.phaseAt = task.postedAt + (uint32(b >> 64) & offset);
        task.commitWindow = uint32(b >> 96) & offset;
        task.revealWindow = uint32(b >> 128) & offset;
    }

    function testFuzz_Outcome(uint256 a, bytes26 result) public pure {
        Outcome memory outcome;
        outcome.status = TaskStatus(a % 6);
        outcome.reason = EndReason((a >> 8) % 11);
        outcome.agreeing = uint8(a >> 16) & 0x1f;
        outcome.proven = (a >> 26) & 1 == 1;
        outcome.delivered = (a >> 25) & 1 == 1;
        outcome.bag = (a >> 24) & 1 == 1;
        outcome.securityBudget = uint32(a >> 32);
        outcome.result = result;
        Outcome memory back = TaskLib.unpackOutcome(TaskLib.packOutcome(outcome));
        eq(keccak256(abi.encode(back)), keccak256(abi.encode(outcome)), "outcome");
    }

    function testFuzz_Seat(uint256 a, bytes24 value) public pure {
        Seat memory seat = _seat(a, value);
        uint256 word = SeatLib.pack(seat);
        eq(keccak256(abi.encode(SeatLib.unpack(word))), keccak256(abi.encode(seat)), "seat");
        eq(uint256(SeatLib.statusOf(word)), uint256(seat.status), "status");
        eq(SeatLib.roundOf(word), seat.round, "round");
        eq(SeatLib.trustOf(word), seat.trust, "trust");
        isTrue(SeatLib.earlyOf(word) == seat.early, "early");
        eq(SeatLib.checkpointsOf(word), seat.checkpoints, "checkpoints");
        eq(SeatLib.fractionOf(word), seat.priceFraction, "fraction");
        eq(bytes32(SeatLib.valueOf(word)), bytes32(seat.value), "value");
    }

    function testFuzz_SeatSteps(uint256 a, bytes24 value, bytes24 next) public pure {
        Seat memory seat = _seat(a, value);
        uint256 advanced = SeatLib.advance(SeatLib.pack(seat), SeatStatus.Revealed, next);
        (seat.status, seat.value) = (SeatStatus.Revealed, next);
        eq(keccak256(abi.encode(SeatLib.unpack(advanced))), keccak256(abi.encode(seat)), "advanced");
        uint256 taken = SeatLib.taken(seat.round, seat.trust, seat.early, seat.priceFraction);
        (seat.status, seat.value, seat.checkpoints) = (SeatStatus.Taken, 0, 0);
        eq(keccak256(abi.encode(SeatLib.unpack(taken))), keccak256(abi.encode(seat)), "taken");
    }

    function _seat(uint256 a, bytes24 value) private pure returns (Seat memory seat) {
        seat.status = SeatStatus(a % 6);
        seat.round = uint8(a >> 8) & 0xf;
        seat.trust = uint8(a >> 16);
        seat.early = (a >> 24) & 1 == 1;
        seat.priceFraction = uint40(a >> 32);
        seat.checkpoints = uint8(a >> 72) & 0x7f;
        seat.value = value;
    }

    /// @dev Each part of a provider's two words changes alone.
    function testFuzz_Provider(uint256 a, uint256 b, address operator) public pure {
        ProviderStake memory stake;
        stake.active = uint96(a % 2 ** 90);
        stake.aged = uint96(((a >> 96) % 2 ** 43) * 1e15);
        stake.since = uint32(a >> 144);
        ProviderWork memory work;
        work.locked = uint96(b % 2 ** 90);
        work.trust = uint8(b >> 96);
        work.debt = uint16(b >> 104);
        work.raisedEpoch = uint32(b >> 120);
        work.liveSeats = uint16(b >> 152);
        work.leaving = (b >> 168) & 1 == 1;
        work.dormant = (b >> 169) & 1 == 1;
        uint256 epoch = (b >> 170) % 2 ** 21;

        uint256 works = ProviderWords.withActive(ProviderWords.withWork(a, work), stake.active);
        uint256 keys = ProviderWords.withOfferEpoch(ProviderWords.withOperator(b, operator), epoch);
        keys = ProviderWords.withAged(keys, stake.aged + a % 1e15, stake.since);
        eq(keccak256(abi.encode(ProviderWords.unpackWork(works))), keccak256(abi.encode(work)), "work");
        eq(keccak256(abi.encode(ProviderWords.unpackStake(works, keys))), keccak256(abi.encode(stake)), "stake");
        eq(ProviderWords.operatorOf(keys), operator, "operator");
        eq(ProviderWords.offerEpochOf(keys), epoch, "epoch");
    }

    function testFuzz_ProviderReadings(uint256 a, uint256 b, uint32 time) public pure {
        ProviderWork memory work = ProviderWords.unpackWork(a);
        ProviderStake memory stake = ProviderWords.unpackStake(a, b);
        eq(ProviderWords.activeOf(a), stake.active, "active");
        eq(ProviderWords.lockedOf(a), work.locked, "locked");
        eq(ProviderWords.trustOf(a), work.trust, "trust");
        eq(ProviderWords.debtOf(a), work.debt, "debt");
        eq(ProviderWords.raisedEpochOf(a), work.raisedEpoch, "epoch");
        isTrue(ProviderWords.leavingOf(a) == work.leaving, "leaving");
        isTrue(ProviderWords.dormantOf(a) == work.dormant, "dormant");
        uint256 since = stake.since;
        eq(ProviderWords.activeBefore(a, b, time), since < time ? stake.active : stake.aged, "before");
        eq(ProviderWords.activeBefore(a, b, since), stake.aged, "before its addition");
        eq(ProviderWords.activeBefore(a, b, since + 1), stake.active, "after it");
        uint256 moved = ProviderWords.withTrust(a, 77, 1_234, time);
        (work.trust, work.debt, work.raisedEpoch) = (77, 1_234, time);
        eq(keccak256(abi.encode(ProviderWords.unpackWork(moved))), keccak256(abi.encode(work)), "trust moved");
        eq(ProviderWords.activeOf(moved), stake.active, "and nothing else");
    }

    function testFuzz_Seated(uint256 a, uint256 lock) public pure {
        uint256 work = a & ~((uint256(2 ** 90 - 1) << 90) | (uint256(2 ** 16 - 1) << 236));
        lock = lock % 2 ** 90;
        uint256 seated = ProviderWords.seated(work, lock);
        eq(ProviderWords.lockedOf(seated), lock, "locked");
        eq(ProviderWords.unpackWork(seated).liveSeats, 1, "one seat");
        eq(ProviderWords.released(seated, lock), work, "and back");
    }

    /// @dev Seven counters of two bits: each stops at 3, none touches another.
    function testFuzz_Reasons(uint256 seed) public pure {
        uint16 reasons;
        uint256[8] memory counts;
        for (uint256 i = 0; i < 30; ++i) {
            uint8 reason = uint8((seed >> (8 * i)) % 7) + 1;
            reasons = TaskLib.countReason(reasons, reason);
            if (counts[reason] < 3) ++counts[reason];
            bool twice;
            for (uint256 r = 1; r <= 7; ++r) {
                eq((reasons >> (2 * (r - 1))) & 3, counts[r], "counter");
                if (counts[r] >= 2) twice = true;
            }
            isTrue(TaskLib.cannotRun(reasons) == twice, "two of a kind");
        }
    }
}
