// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Accounting
/// @notice Prices, shares and their rounding. Pure, and small enough for the SMTChecker.
library Accounting {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant FULL_FRACTION = 2 ** 40 - 1;

    /// @notice Position on the reverse Dutch ramp after `elapsed` of `ramp` seconds, 0 .. FULL_FRACTION.
    function rampFraction(uint256 elapsed, uint256 ramp) internal pure returns (uint40) {
        return elapsed >= ramp ? uint40(FULL_FRACTION) : uint40((elapsed * FULL_FRACTION) / ramp);
    }

    /// @notice Price at a position on the ramp, rounded down; never above `maxPrice`.
    function priceDown(uint96 minPrice, uint96 maxPrice, uint40 fraction) internal pure returns (uint256) {
        return uint256(minPrice) + (uint256(maxPrice - minPrice) * fraction) / FULL_FRACTION;
    }

    /// @notice Position on the ramp of an agreed price, rounded up: what {priceDown} makes of it is never below the price,
    /// nor above `maxPrice`. The price lies within the ramp.
    function fractionUp(uint96 minPrice, uint96 maxPrice, uint96 price) internal pure returns (uint40) {
        uint256 range = maxPrice - minPrice;
        if (range == 0) return 0;
        return uint40((uint256(price - minPrice) * FULL_FRACTION + range - 1) / range);
    }

    /// @notice A share in basis points, rounded down; never above `amount` while `bps` <= 10,000.
    function shareDown(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return (amount * bps) / BPS;
    }

    /// @notice What returns to the requester: escrow less prices, fee on them and the settlement fees used. Reverts (by
    /// underflow) rather than returns a sum that the escrow cannot cover.
    function refund(uint256 escrow, uint256 paid, uint256 protocolFee, uint256 settlementFees)
        internal
        pure
        returns (uint256)
    {
        return escrow - paid - protocolFee - settlementFees;
    }

    /// @notice Part of what no-shows lost that compensates the requester: at most its posting fee. The rest is burned.
    function compensation(uint256 slashed, uint256 postingFee) internal pure returns (uint256) {
        return slashed < postingFee ? slashed : postingFee;
    }
}
