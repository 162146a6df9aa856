// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {COMMITMENT_DOMAIN, TAG_DOMAIN} from "../../contracts/types/Opening.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";

/// @notice What a seat's end must do.
struct Due {
    uint256 paid;
    uint256 slashed;
    /// Whether the slash depends on governed parameters.
    bool governed;
    /// Whether the slash compensates the requester first.
    bool compensates;
    Move move;
}

enum Move {
    None,
    Rise,
    Dissent,
    NoShow
}

/// @title Model
/// @notice The vote and its outcomes as DESIGN tells them, written apart from the contracts.
library Model {
    uint40 internal constant FULL = 2 ** 40 - 1;

    /// @notice What a ticket depends on, apart from whose it is; stakes in thousandths of a DECO.
    struct Draw {
        bytes32 seed;
        uint256 elapsed;
        uint256 window;
        uint256 seats;
        uint256 stake;
        uint256 total;
    }

    struct Vote {
        uint256 weight;
        uint256 total;
        uint256 agreeing;
    }

    function tag(bytes32 taskId, uint256 round, bytes32 result) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_DOMAIN, taskId, round, result));
    }

    function commitment(bytes32 id, uint256 round, uint32 provider, bytes32 tag_, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(COMMITMENT_DOMAIN, id, round, uint256(provider), tag_, salt));
    }

    /// @notice H(seed, task, round, provider) / 2^256 < min(1, k x seats x stake / total), k = 6 x elapsed / window.
    /// @dev Compared at 128 bits of the ticket, as far as the market compares.
    function drawn(Draw memory draw, bytes32 id, uint256 round, uint32 provider) internal pure returns (bool) {
        if (draw.seed == 0 || draw.stake == 0) return false;
        uint256 ticket = uint256(keccak256(abi.encode(draw.seed, id, round, uint256(provider)))) >> 128;
        uint256 bound = 6 * draw.elapsed * draw.seats * draw.stake;
        uint256 whole = draw.window * draw.total;
        return bound >= whole || ticket * whole < bound << 128;
    }

    /// @notice Position on the ramp.
    function fraction(uint256 elapsed, uint256 ramp) internal pure returns (uint40) {
        return elapsed >= ramp ? FULL : uint40(elapsed * FULL / ramp);
    }

    /// @notice Position of an agreed price, of which {price} makes that price at least.
    function fractionOf(uint256 least, uint256 most, uint256 agreed) internal pure returns (uint40) {
        if (least == most) return 0;
        return uint40(((agreed - least) * FULL + most - least - 1) / (most - least));
    }

    /// @notice Counts an abstention in its reason's two bits, up to three.
    function countReason(uint16 reasons, uint8 reason) internal pure returns (uint16) {
        uint256 shift = 2 * uint256(reason) - 2;
        return (reasons >> shift) & 3 == 3 ? reasons : uint16(reasons + (1 << shift));
    }

    function agrees(bytes32 taskId, Seat memory seat, bytes32 result) internal pure returns (bool) {
        return seat.status == SeatStatus.Revealed && seat.value == bytes24(tag(taskId, seat.round, result));
    }

    function count(bytes32 taskId, Seat[] memory seats, bytes32 result, uint256 cap)
        internal
        pure
        returns (Vote memory vote)
    {
        uint256 lightest = _lightest(seats);
        for (uint256 i = 0; i < seats.length; ++i) {
            if (!_committed(seats[i])) continue;
            uint256 weight = _weight(seats[i], lightest, cap);
            vote.total += weight;
            if (!agrees(taskId, seats[i], result)) continue;
            vote.weight += weight;
            vote.agreeing += 1;
        }
    }

    function wins(Vote memory vote, Request memory request) internal pure returns (bool) {
        if (vote.agreeing == 0 || vote.agreeing < request.minAgreeing) return false;
        if (vote.weight < request.minWeight) return false;
        return vote.weight * 10_000 >= vote.total * request.thresholdBps;
    }

    function price(Request memory request, Seat memory seat) internal pure returns (uint256) {
        return request.minPrice + (uint256(request.maxPrice) - request.minPrice) * seat.priceFraction / FULL;
    }

    /// @notice The end of a seat when `result` was accepted.
    function accepted(
        bytes32 taskId,
        Request memory request,
        TaskParameters memory terms,
        Seat memory seat,
        bytes32 result
    ) internal pure returns (Due memory due) {
        if (agrees(taskId, seat, result)) {
            due.paid = price(request, seat);
            if (seat.early && terms.trustMoves) due.move = Move.Rise;
        } else if (seat.status == SeatStatus.Revealed) {
            due.slashed = uint256(request.lock) * request.dissentBps / 10_000;
            due.move = Move.Dissent;
        } else {
            due = faulty(request, terms, seat);
        }
    }

    /// @notice The end of a seat that proved, or whose work its judge approved.
    function approved(Request memory request, TaskParameters memory terms, Seat memory seat)
        internal
        pure
        returns (Due memory due)
    {
        due.paid = price(request, seat);
        if (seat.early && terms.trustMoves) due.move = Move.Rise;
    }

    /// @notice The end of a seat whose work its judge found wrong.
    function rejected(Request memory request, TaskParameters memory terms, Seat memory seat)
        internal
        pure
        returns (Due memory due)
    {
        if (seat.status == SeatStatus.Abstained) return faulty(request, terms, seat);
        (due.slashed, due.move) = (uint256(request.lock) * request.dissentBps / 10_000, Move.Dissent);
    }

    /// @notice The end of a seat that did not reveal, where it should have.
    function faulty(Request memory request, TaskParameters memory terms, Seat memory seat)
        internal
        pure
        returns (Due memory due)
    {
        uint256 lock = request.lock;
        if (seat.status == SeatStatus.Committed) {
            (due.slashed, due.move) = (lock, Move.Dissent);
        } else if (seat.status == SeatStatus.Abstained) {
            (due.slashed, due.governed) = (lock * terms.declineBps / 10_000, true);
        } else {
            (due.slashed, due.governed, due.move) = (lock * terms.noShowBps / 10_000, true, Move.NoShow);
            due.compensates = true;
        }
    }

    /// @notice The end of a seat without a result. `unasked` is the round that never filled, or zero.
    function failed(
        Request memory request,
        TaskParameters memory terms,
        Seat memory seat,
        uint256 unasked,
        bool consoled
    ) internal pure returns (Due memory due) {
        if (consoled) {
            due.paid = price(request, seat) * terms.failedVoteBps / 10_000;
        } else if (seat.status == SeatStatus.Abstained || (seat.round != unasked && seat.status != SeatStatus.Revealed))
        {
            due = faulty(request, terms, seat);
        }
        due.move = Move.None;
    }

    /// @notice Whether seat `i` belongs to the heaviest group of equal tags of one round, of two members at least, without an
    /// equal rival.
    function consoled(Seat[] memory seats, uint256 i, uint256 cap) internal pure returns (bool) {
        if (seats[i].status != SeatStatus.Revealed) return false;
        (uint256 own, uint256 members) = _group(seats, i, cap);
        if (members < 2) return false;
        for (uint256 j = 0; j < seats.length; ++j) {
            if (seats[j].status != SeatStatus.Revealed || _together(seats[i], seats[j])) continue;
            (uint256 other,) = _group(seats, j, cap);
            if (other >= own) return false;
        }
        return true;
    }

    function move(uint8 trust, uint16 debt, Move step_, TaskParameters memory terms)
        internal
        pure
        returns (uint8, uint16)
    {
        if (step_ == Move.None) return (trust, debt);
        if (step_ == Move.Rise) {
            uint256 repaid = terms.agreeStep < debt ? terms.agreeStep : debt;
            uint256 next = uint256(trust) + terms.agreeStep - repaid;
            return (next > 100 ? 100 : uint8(next), debt - uint16(repaid));
        }
        uint256 step = step_ == Move.Dissent ? terms.dissentStep : terms.noShowStep;
        uint256 room = uint256(trust) - 10;
        if (step <= room) return (uint8(trust - step), debt);
        uint256 owed = uint256(debt) + step - room;
        return (10, owed > 65_535 ? 65_535 : uint16(owed));
    }

    function _group(Seat[] memory seats, uint256 i, uint256 cap)
        private
        pure
        returns (uint256 weight, uint256 members)
    {
        uint256 lightest = _lightest(seats);
        for (uint256 j = 0; j < seats.length; ++j) {
            if (seats[j].status != SeatStatus.Revealed || !_together(seats[i], seats[j])) continue;
            weight += _weight(seats[j], lightest, cap);
            ++members;
        }
    }

    function _together(Seat memory a, Seat memory b) private pure returns (bool) {
        return a.round == b.round && a.value == b.value;
    }

    function _committed(Seat memory seat) private pure returns (bool) {
        return seat.status == SeatStatus.Committed || seat.status == SeatStatus.Revealed;
    }

    function _lightest(Seat[] memory seats) private pure returns (uint256 trust) {
        trust = 100;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (_committed(seats[i]) && seats[i].trust < trust) trust = seats[i].trust;
        }
    }

    function _weight(Seat memory seat, uint256 lightest, uint256 cap) private pure returns (uint256) {
        return seat.trust < lightest * cap ? seat.trust : lightest * cap;
    }
}
