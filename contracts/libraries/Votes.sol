// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OpeningLib} from "../types/Opening.sol";
import {Seat, SeatStatus} from "../types/Seat.sol";

/// @notice The count of a vote over all rounds of a task.
struct Tally {
    /// Weight of the seats that agree with the opened result.
    uint256 weight;
    /// Weight of every committed seat, revealed or not: withholding must not raise a score.
    uint256 total;
    uint256 agreeing;
    /// Bit i: seat i of the roster agrees.
    uint256 agrees;
}

/// @title Votes
/// @notice Weighs seats. A weight is the seat's trust, capped at a multiple of the smallest among all committed seats.
library Votes {
    /// @notice Counts the seats whose tag opens to `result`. A tag binds its round, so each round has its own.
    function tally(bytes32 taskId, Seat[] memory seats, bytes32 result, uint256 rounds, uint256 weightCap)
        internal
        pure
        returns (Tally memory count)
    {
        uint256 cap = smallest(seats) * weightCap;
        bytes24[] memory tags = new bytes24[](rounds + 1);
        for (uint256 i = 0; i < seats.length; ++i) {
            Seat memory seat = seats[i];
            if (!voted(seat)) continue;
            uint256 weight = seat.trust < cap ? seat.trust : cap;
            count.total += weight;
            if (seat.status != SeatStatus.Revealed) continue;
            if (tags[seat.round] == 0) tags[seat.round] = bytes24(OpeningLib.tag(taskId, seat.round, result));
            if (tags[seat.round] != seat.value) continue;
            count.weight += weight;
            count.agrees |= 1 << i;
            ++count.agreeing;
        }
    }

    function accepted(Tally memory count, uint256 thresholdBps, uint256 minAgreeing, uint256 minWeight)
        internal
        pure
        returns (bool)
    {
        return count.agreeing >= minAgreeing && count.weight >= minWeight && count.weight != 0
            && count.weight * 10_000 >= thresholdBps * count.total;
    }

    /// @notice After a failed vote: the heaviest group of equal tags within one round, when it has two members and no equal
    /// rival.
    /// @return group Bit i: seat i belongs to it; zero when there is none.
    function largestGroup(Seat[] memory seats, uint256 weightCap) internal pure returns (uint256 group) {
        uint256 cap = smallest(seats) * weightCap;
        uint256 best;
        uint256 seen;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].status != SeatStatus.Revealed || (seen >> i) & 1 == 1) continue;
            (uint256 members, uint256 weight, uint256 size) = _groupOf(seats, i, cap);
            seen |= members;
            if (weight > best) {
                best = weight;
                group = size > 1 ? members : 0;
            } else if (weight == best) {
                group = 0;
            }
        }
    }

    /// @notice Smallest trust among the seats that voted.
    function smallest(Seat[] memory seats) internal pure returns (uint256 trust) {
        trust = type(uint8).max;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (voted(seats[i]) && seats[i].trust < trust) trust = seats[i].trust;
        }
    }

    function voted(Seat memory seat) internal pure returns (bool) {
        return seat.status == SeatStatus.Committed || seat.status == SeatStatus.Revealed;
    }

    function _groupOf(Seat[] memory seats, uint256 first, uint256 cap)
        private
        pure
        returns (uint256 members, uint256 weight, uint256 size)
    {
        for (uint256 i = first; i < seats.length; ++i) {
            Seat memory seat = seats[i];
            if (seat.status != SeatStatus.Revealed) continue;
            if (seat.round != seats[first].round || seat.value != seats[first].value) continue;
            members |= 1 << i;
            weight += seat.trust < cap ? seat.trust : cap;
            ++size;
        }
    }
}
