// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

enum SeatStatus {
    None,
    Taken,
    Committed,
    Revealed,
    Abstained,
    Declined
}

/// @notice How a seat ended, as told by `SeatEnded`.
enum SeatOutcome {
    None,
    /// Agreed with the accepted result: paid, trust up.
    Agreed,
    /// Revealed another result: the dissent share of the lock is burned, trust down.
    Dissented,
    /// Committed and never revealed: the full lock is slashed, trust down.
    Withheld,
    /// Never committed: the no-show share is slashed, trust down.
    NoShow,
    /// Abstained with a reason: the decline fee is burned.
    Abstained,
    /// Released without fault, paid nothing.
    Released,
    /// Released after a failed vote with the governed share of its price.
    Consoled,
    /// Agreed with a result whose outputs a panel could not fetch: paid nothing, the dissent share is slashed, trust down.
    Undelivered
}

/// @notice One provider's seat on one task. One storage word, keyed by keccak(taskId, provider).
struct Seat {
    SeatStatus status;
    uint8 round;
    /// Trust index when the seat was taken: settlements of other tasks cannot tip this vote.
    uint8 trust;
    /// Won while k <= 2: only such seats may raise trust.
    bool early;
    /// Progress events so far.
    uint8 checkpoints;
    /// Position on the price ramp, 0 .. 2^40 - 1.
    uint40 priceFraction;
    /// First 24 bytes of the commitment, then of the tag; or the abstention's reason code.
    bytes24 value;
}

/// @title SeatLib
/// @notice Layout from the lowest bit: status 4, round 4, trust 8, early 1, checkpoints 7, priceFraction 40, value 192.
/// A 192-bit prefix leaves 2^96 work for a collision, which is what opening two tags from one commitment would need.
library SeatLib {
    function key(bytes32 taskId, uint32 provider) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x00, taskId)
            // Code made without the optimiser through Yul may leave dirty bits above the id.
            mstore(0x20, and(provider, 0xffffffff))
            hash := keccak256(0x00, 0x40)
        }
    }

    /// @dev What a packed seat grows by.
    uint256 internal constant ONE_CHECKPOINT = 1 << 17;

    function statusOf(uint256 word) internal pure returns (SeatStatus) {
        return SeatStatus(word & 0xf);
    }

    function roundOf(uint256 word) internal pure returns (uint256) {
        return (word >> 4) & 0xf;
    }

    function trustOf(uint256 word) internal pure returns (uint256) {
        return (word >> 8) & 0xff;
    }

    function earlyOf(uint256 word) internal pure returns (bool) {
        return (word >> 16) & 1 == 1;
    }

    function fractionOf(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 24);
    }

    function checkpointsOf(uint256 word) internal pure returns (uint256) {
        return (word >> 17) & 0x7f;
    }

    function valueOf(uint256 word) internal pure returns (bytes24) {
        return bytes24(uint192(word >> 64));
    }

    /// @notice The word with another status and value; what was fixed when the seat was taken stays.
    function advance(uint256 word, SeatStatus status, bytes24 value) internal pure returns (uint256) {
        return (word & 0xfffffffffffffff0) | uint256(status) | (uint256(uint192(value)) << 64);
    }

    /// @notice A freshly taken seat.
    function taken(uint256 round, uint256 trust, bool early, uint256 priceFraction) internal pure returns (uint256) {
        return uint256(SeatStatus.Taken) | (round << 4) | (trust << 8) | (uint256(early ? 1 : 0) << 16)
            | (priceFraction << 24);
    }

    function unpack(uint256 word) internal pure returns (Seat memory seat) {
        seat.status = SeatStatus(word & 0xf);
        seat.round = uint8((word >> 4) & 0xf);
        seat.trust = uint8(word >> 8);
        seat.early = (word >> 16) & 1 == 1;
        seat.checkpoints = uint8((word >> 17) & 0x7f);
        seat.priceFraction = uint40(word >> 24);
        seat.value = bytes24(uint192(word >> 64));
    }

    function pack(Seat memory seat) internal pure returns (uint256 word) {
        word = uint256(seat.status) | (uint256(seat.round) << 4) | (uint256(seat.trust) << 8);
        word |= (uint256(seat.early ? 1 : 0) << 16) | (uint256(seat.priceFraction) << 24);
        word |= (uint256(seat.checkpoints) << 17) | (uint256(uint192(seat.value)) << 64);
    }
}
