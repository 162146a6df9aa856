// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestToken} from "./TestToken.sol";

/// @notice What {HookToken} calls.
interface ITransferHook {
    function onTransfer(address from, address to, uint256 value) external;
}

/// @title HookToken
/// @notice Calls sender and receiver in every transfer, as ERC-777 does: they can revert, or enter the caller again.
contract HookToken is TestToken {
    mapping(address account => ITransferHook) public hooks;

    constructor() TestToken("Hook", "HOOK", 18) {}

    /// @notice The caller's transfers call `hook`; zero for none.
    function setHook(ITransferHook hook) external {
        hooks[msg.sender] = hook;
    }

    function _update(address from, address to, uint256 value) internal override {
        _call(hooks[from], from, to, value);
        super._update(from, to, value);
        _call(hooks[to], from, to, value);
    }

    function _call(ITransferHook hook, address from, address to, uint256 value) private {
        if (address(hook) != address(0)) hook.onTransfer(from, to, value);
    }
}
