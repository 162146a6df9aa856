// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {Asserts} from "../support/Asserts.sol";

/// @dev The bound of a draw, to the last bit that counts.
contract SortitionTest is Asserts {
    function test_ATicketBelowTheBoundIsDrawn() public pure {
        // k = 6 x 10 / 120 for one seat and all stake: half of all tickets.
        isTrue(Sortition.drawn(bytes32(uint256(2 ** 255 - 1)), 10, 120, 1, 1, 1), "below");
        isTrue(!Sortition.drawn(bytes32(uint256(2 ** 255)), 10, 120, 1, 1, 1), "at the bound");
        // Half of the stake: half as many; for two seats as many again.
        isTrue(Sortition.drawn(bytes32(uint256(2 ** 254 - 1)), 10, 120, 1, 1, 2), "below a quarter");
        isTrue(!Sortition.drawn(bytes32(uint256(2 ** 254)), 10, 120, 1, 1, 2), "at a quarter");
        isTrue(Sortition.drawn(bytes32(uint256(2 ** 255 - 1)), 10, 120, 2, 1, 2), "of two seats, below");
        isTrue(!Sortition.drawn(bytes32(uint256(2 ** 255)), 10, 120, 2, 1, 2), "of two seats, at the bound");
    }

    function test_EverybodyIsDrawnAtABoundOfOne() public pure {
        isTrue(Sortition.drawn(bytes32(type(uint256).max), 20, 120, 1, 1, 1), "the highest ticket");
        isTrue(!Sortition.drawn(bytes32(type(uint256).max), 19, 120, 1, 1, 1), "not before");
        isTrue(!Sortition.drawn(0, 0, 120, 1, 1, 1), "nobody at the beginning");
    }

    function test_ASeatIsEarlyUpToKTwo() public pure {
        isTrue(Sortition.early(0, 300), "at once");
        isTrue(Sortition.early(100, 300), "at k = 2");
        isTrue(!Sortition.early(101, 300), "after it");
    }
}
