// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoErrors} from "../interfaces/IDecoErrors.sol";

/// @title CappedCalls
/// @notice Calls to contracts that nobody vouches for: they get the gas that they are owed, not more and not less, and none of
/// what they return is copied, so neither a burner of gas nor a return bomb reaches the caller.
library CappedCalls {
    /// @dev Gas for the call itself and for what its caller does afterwards.
    uint256 internal constant RESERVE = 50_000;

    /// @notice That a call can be given `cap` gas. A call is never given more than 63/64 of what is left, and would otherwise
    /// fail by the doing of whoever sends the transaction.
    function requireGas(uint256 cap) internal view {
        uint256 needed = cap + cap / 63 + RESERVE;
        uint256 available = gasleft();
        if (available < needed) revert IDecoErrors.GasTooLow(needed, available);
    }

    /// @return succeeded Whether there is a contract and it did not revert.
    function send(address target, uint256 cap, bytes memory data) internal returns (bool succeeded) {
        if (target.code.length == 0) return false;
        requireGas(cap);
        assembly ("memory-safe") {
            succeeded := call(cap, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }

    /// @notice A question that is answered by yes or by anything else.
    /// @return yes Whether exactly one word came back, and it is 1.
    function ask(address target, uint256 cap, bytes memory data) internal view returns (bool yes) {
        requireGas(cap);
        assembly ("memory-safe") {
            let answered := staticcall(cap, target, add(data, 0x20), mload(data), 0, 0x20)
            yes := and(and(answered, eq(returndatasize(), 0x20)), eq(mload(0), 1))
        }
    }
}
