// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MatchingLib, TaskSeat} from "../../../contracts/types/Matching.sol";
import {SeatLib} from "../../../contracts/types/Seat.sol";
import {Asserts} from "../support/Asserts.sol";

/// @title MatchingTest
/// @notice What is packed into a seat by a task offer.
contract MatchingTest is Asserts {
    function testFuzz_UnpacksTheTermsOfATaskOffer(uint32 provider, uint96 price, uint40 expiry) external view {
        TaskSeat memory seat;
        seat.terms = uint256(provider) | (uint256(price) << 32) | (uint256(expiry) << 128);
        (uint32 itsProvider, uint96 itsPrice, uint40 itsExpiry) = this.unpack(seat);
        eq(itsProvider, provider, "provider");
        eq(itsPrice, price, "price");
        eq(itsExpiry, expiry, "expiry");
    }

    /// @dev Inline assembly sees whole words: price and expiry must not be part of the key under which a seat is kept.
    function testFuzz_KeepsTheSeatUnderItsProviderAlone(bytes32 taskId, uint32 provider, uint96 price) external view {
        TaskSeat memory seat;
        seat.terms = uint256(provider) | (uint256(price) << 32);
        eq(this.keyOf(taskId, seat), SeatLib.key(taskId, provider), "key");
    }

    function unpack(TaskSeat calldata seat) external pure returns (uint32, uint96, uint40) {
        return (MatchingLib.providerOf(seat), MatchingLib.priceOf(seat), MatchingLib.expiryOf(seat));
    }

    function keyOf(bytes32 taskId, TaskSeat calldata seat) external pure returns (bytes32) {
        return SeatLib.key(taskId, MatchingLib.providerOf(seat));
    }
}
