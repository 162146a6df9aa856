// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Asserts
/// @notice Comparisons that say both values when they fail.
abstract contract Asserts {
    error NotEqual(string what, bytes32 actual, bytes32 expected);
    error NotTrue(string what);
    error AboveMaximum(string what, uint256 actual, uint256 maximum);

    function eq(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, bytes32(actual), bytes32(expected));
    }

    function eq(address actual, address expected, string memory what) internal pure {
        eq(uint160(actual), uint160(expected), what);
    }

    function eq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, actual, expected);
    }

    function isTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function atMost(uint256 actual, uint256 maximum, string memory what) internal pure {
        if (actual > maximum) revert AboveMaximum(what, actual, maximum);
    }
}
