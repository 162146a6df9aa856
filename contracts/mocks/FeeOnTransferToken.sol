// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestToken} from "./TestToken.sol";

/// @title FeeOnTransferToken
/// @notice Burns a share of every transfer, so that less arrives than was sent.
contract FeeOnTransferToken is TestToken {
    uint256 public constant FEE_BPS = 100;

    constructor() TestToken("Fee on transfer", "FEE", 18) {}

    function _update(address from, address to, uint256 value) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : (value * FEE_BPS) / 10_000;
        super._update(from, to, value - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}
