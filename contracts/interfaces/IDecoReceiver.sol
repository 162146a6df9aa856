// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../types/Opening.sol";

/// @title IDecoReceiver
/// @notice A contract that results are delivered to. See {DecoReceiver} for one to inherit.
interface IDecoReceiver {
    /// @notice Called by the market with the gas that the request states, until it succeeds once. What it returns is ignored.
    /// @dev Anyone may post a task that names this contract, so the caller and the task id must both be checked.
    /// @param opening The accepted result; its document, when there is one, hashes to its digest.
    /// @param securityBudget Stake that lying would have cost, in base units of DECO rounded down to whole DECO.
    function onDecoResult(bytes32 taskId, Opening calldata opening, uint256 securityBudget) external;
}
