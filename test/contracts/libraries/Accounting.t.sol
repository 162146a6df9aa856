// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Accounting} from "../../../contracts/libraries/Accounting.sol";
import {Asserts} from "../support/Asserts.sol";

/// @dev Prices and shares, to the unit.
contract AccountingTest is Asserts {
    uint256 private constant FULL = 2 ** 40 - 1;

    function test_TheRampIsLinearAndEndsFull() public pure {
        eq(Accounting.rampFraction(0, 2), 0, "begins empty");
        eq(Accounting.rampFraction(1, 2), FULL / 2, "half way, rounded down");
        eq(Accounting.rampFraction(599, 600), FULL * 599 / 600, "a second before its end");
        eq(Accounting.rampFraction(600, 600), FULL, "at its end");
        eq(Accounting.rampFraction(601, 600), FULL, "after it");
        eq(Accounting.rampFraction(0, 0), FULL, "without length");
    }

    function test_APriceIsRoundedDown() public pure {
        eq(Accounting.priceDown(10, 20, 0), 10, "least");
        eq(Accounting.priceDown(10, 20, uint40(FULL)), 20, "most");
        eq(Accounting.priceDown(10, 20, uint40(FULL - 1)), 19, "just below the most");
        eq(Accounting.priceDown(7, 7, 12_345), 7, "without a ramp");
    }

    function test_AnAgreedPriceIsRoundedUp() public pure {
        eq(Accounting.fractionUp(10, 10, 10), 0, "without a ramp");
        eq(Accounting.fractionUp(10, 20, 10), 0, "least");
        eq(Accounting.fractionUp(10, 20, 20), FULL, "most");
        eq(Accounting.fractionUp(10, 12, 11), FULL / 2 + 1, "half way");
        eq(Accounting.fractionUp(0, uint96(FULL), 5), 5, "nothing to round");
    }

    function test_AShareIsRoundedDown() public pure {
        eq(Accounting.shareDown(9_999, 1), 0, "below a unit");
        eq(Accounting.shareDown(10_000, 1), 1, "a unit");
        eq(Accounting.shareDown(123, 10_000), 123, "all");
    }

    function test_ARefundIsWhatIsLeft() public pure {
        eq(Accounting.refund(100, 50, 20, 7), 23, "left");
        eq(Accounting.refund(100, 50, 20, 30), 0, "nothing");
    }

    function test_CompensationIsTheSmallerOne() public pure {
        eq(Accounting.compensation(5, 6), 5, "what was slashed");
        eq(Accounting.compensation(6, 5), 5, "the fee");
    }
}
