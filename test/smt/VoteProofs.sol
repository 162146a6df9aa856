// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Tally, Votes} from "../../contracts/libraries/Votes.sol";

/// @title VoteProofs
/// @notice Properties of {Votes} at the default threshold: a variable one makes products that the solver does not decide. That of
/// every threshold is compared with a model in test/differential.
contract VoteProofs {
    uint256 private constant THRESHOLD = 6_000;

    /// @dev Two results of one vote: their voters differ, so their weights add up to no more than the total.
    /// @custom:engine bmc
    function acceptedResultIsUnique(uint16 one, uint16 other, uint16 total) external pure {
        require(uint256(one) + other <= total);
        if (!Votes.accepted(Tally(one, total, 2, 3), THRESHOLD, 1, 0)) return;
        assert(!Votes.accepted(Tally(other, total, 2, 12), THRESHOLD, 1, 0));
    }

    /// @dev Weight that was committed and not revealed is in the total, and never helps.
    /// @custom:engine bmc
    function withholdingNeverHelps(uint16 weight, uint16 total, uint16 withheld) external pure {
        if (!Votes.accepted(Tally(weight, uint256(total) + withheld, 2, 3), THRESHOLD, 2, 0)) return;
        assert(Votes.accepted(Tally(weight, total, 2, 3), THRESHOLD, 2, 0));
    }

    /// @custom:engine bmc
    function nothingIsAcceptedWithoutWeight(uint16 total) external pure {
        assert(!Votes.accepted(Tally(0, total, 0, 0), THRESHOLD, 0, 0));
    }
}
