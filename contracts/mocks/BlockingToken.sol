// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestToken} from "./TestToken.sol";

/// @title BlockingToken
/// @notice Has an issuer that can pause all transfers and bar single accounts, as regulated stablecoins do. Here anyone is
/// the issuer.
contract BlockingToken is TestToken {
    bool public paused;
    mapping(address account => bool) public barred;

    error Paused();
    error Barred(address account);

    constructor() TestToken("Blocking", "BLOCK", 6) {}

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function setBarred(address account, bool barred_) external {
        barred[account] = barred_;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (paused) revert Paused();
        if (barred[from]) revert Barred(from);
        if (barred[to]) revert Barred(to);
        super._update(from, to, value);
    }
}
