// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../types/Opening.sol";
import {Request} from "../types/Request.sol";

/// @title IDecoProofs
/// @notice What follows a result, and what precedes one: delivery to a contract, progress of a seat.
interface IDecoProofs {
    /// @notice The callback took the result. It is not called again.
    event ResultDelivered(bytes32 indexed taskId, address indexed callback);
    /// @notice The callback is no contract, reverted, or ran out of the gas that the request gives it. Anyone may try again.
    event DeliveryFailed(bytes32 indexed taskId, address indexed callback);
    /// @notice A seat tells how far it is.
    /// @param digest Content that the work could be resumed from, or zero.
    /// @param fee DECO burned, out of the provider's free stake.
    event Checkpointed(
        bytes32 indexed taskId, uint32 indexed provider, bytes32 digest, uint16 progressBps, uint256 fee
    );

    /// @notice Brings the accepted result to the contract that the request names. By anyone, until it succeeded once. A callback
    /// that fails does not make this call revert.
    /// @param opening As in {IDecoTasks-settle}; its document is passed on.
    /// @return delivered Whether the callback took it.
    function deliver(Request calldata request, Opening calldata opening) external returns (bool delivered);

    /// @notice Announces progress of the caller's seat while its round executes. At most 64 times a seat, each for a small fee.
    function checkpoint(bytes32 taskId, bytes32 digest, uint16 progressBps) external;
}
