// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Tally, Votes} from "../../../contracts/libraries/Votes.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
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

    /// @dev Whoever commits to the tag itself can never reveal it, and must not tie with those who did.
    function test_AVoteThatWasNotRevealedHeadsNoGroup() public pure {
        Seat[] memory seats = new Seat[](3);
        for (uint256 i = 0; i < 3; ++i) {
            seats[i] = Seat(i == 0 ? SeatStatus.Committed : SeatStatus.Revealed, 1, 10, true, 0, 0, bytes24("tag"));
        }
        eq(Votes.largestGroup(seats, 3), 6, "the two that revealed");
    }
}
