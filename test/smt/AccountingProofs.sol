// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Accounting} from "../../contracts/libraries/Accounting.sol";

/// @title AccountingProofs
/// @notice Each function states a property of {Accounting} for every argument; `node test/smt/run.ts` has it proven. Overflow and
/// underflow within the library are targets too.
contract AccountingProofs {
    function rampNeverPassesItsEnd(uint32 elapsed, uint32 ramp) external pure {
        require(ramp != 0);
        assert(Accounting.rampFraction(elapsed, ramp) <= Accounting.FULL_FRACTION);
    }

    function rampEndsFull(uint32 elapsed, uint32 ramp) external pure {
        require(ramp != 0 && elapsed >= ramp);
        assert(Accounting.rampFraction(elapsed, ramp) == Accounting.FULL_FRACTION);
    }

    /// @dev With the next one: no price is above `maxPrice`. The solver does not see it in one step.
    function priceRisesByNoMoreThanTheSpan(uint96 span, uint40 fraction) external pure {
        assert(Accounting.priceDown(0, span, fraction) <= span);
    }

    function priceIsMinPricePlusARise(uint96 minPrice, uint96 maxPrice, uint40 fraction) external pure {
        require(minPrice <= maxPrice);
        uint256 price = Accounting.priceDown(minPrice, maxPrice, fraction);
        assert(price >= minPrice);
        assert(price - minPrice == Accounting.priceDown(0, maxPrice - minPrice, fraction));
    }

    function shareIsNoMoreThanTheWhole(uint128 amount, uint16 bps) external pure {
        require(bps <= Accounting.BPS);
        assert(Accounting.shareDown(amount, bps) <= amount);
    }

    /// @dev What is paid out of an escrow is all of it: nothing is created, nothing is lost.
    function refundConservesTheEscrow(uint128 escrow, uint128 paid, uint128 fee, uint128 settlementFees) external pure {
        require(uint256(paid) + fee + settlementFees <= escrow);
        uint256 refund = Accounting.refund(escrow, paid, fee, settlementFees);
        assert(refund + paid + fee + settlementFees == escrow);
    }

    function compensationIsCoveredAndCapped(uint128 slashed, uint128 postingFee) external pure {
        uint256 compensation = Accounting.compensation(slashed, postingFee);
        assert(compensation <= slashed);
        assert(compensation <= postingFee);
        assert(compensation == slashed || compensation == postingFee);
    }
}
