// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Tally, Votes} from "../../../contracts/libraries/Votes.sol";
import {Asserts} from "../support/Asserts.sol";

/// @dev The bounds of acceptance, to the unit.
contract VotesTest is Asserts {
    function test_AScoreAtTheThresholdIsEnough() public pure {
        isTrue(Votes.accepted(Tally(30, 50, 3, 7), 6_000, 2, 0), "exactly six tenths");
        isTrue(!Votes.accepted(Tally(30, 51, 3, 7), 6_000, 2, 0), "a tenth of a point below");
        isTrue(!Votes.accepted(Tally(29, 50, 3, 7), 6_000, 2, 0), "or of a weight");
        isTrue(!Votes.accepted(Tally(30, 50, 3, 7), 6_001, 2, 0), "or of a basis point");
    }

    function test_EachMinimumIsEnough() public pure {
        isTrue(Votes.accepted(Tally(30, 30, 2, 3), 6_000, 2, 30), "both at their minimum");
        isTrue(!Votes.accepted(Tally(30, 30, 1, 1), 6_000, 2, 30), "one too few");
        isTrue(!Votes.accepted(Tally(30, 30, 2, 3), 6_000, 2, 31), "too light");
        isTrue(!Votes.accepted(Tally(0, 0, 0, 0), 6_000, 0, 0), "nobody");
        isTrue(Votes.accepted(Tally(1, 1, 1, 1), 6_000, 1, 0), "the lightest");
    }
}
