// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fold} from "../types/Fold.sol";
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

    /// @notice The policy accepted a proof, or judged. A {IDecoTasks-TaskSettled} without weights follows.
    /// @param provider Who proved: the holder of the seat, a rescuer, or, without a seat, the first.
    /// @param paid Base units of the payment token credited to it.
    /// @param bounty DECO credited to a rescuer, out of what the holder of the seat lost.
    event ResultProven(
        bytes32 indexed taskId, address indexed policy, uint32 indexed provider, uint256 paid, uint256 bounty
    );

    /// @notice A proof settled the task by the usual way: what `ResultProven` and `TaskSettled` tell, and `SeatEnded` of the holder's
    /// seat, in one.
    /// @param ended From the lowest bit: provider 32, trust afterwards 8, debt 16, paid 96. Trust is zero where there was no seat: then
    /// the task was an order.
    /// @param settler The provider's operator, credited the settlement fee, which orders have not.
    event TaskProven(
        bytes32 indexed taskId,
        address indexed policy,
        uint32 indexed provider,
        bytes32 digest,
        bytes32 root,
        uint256 ended,
        uint256 refund,
        address settler,
        bytes document
    );

    /// @notice Shows the result of a task with an instant policy; from a provider's operator key. Until the commit window ends the
    /// holder of the seat may; then, for the length of the reveal window, anyone: a rescuer is paid the price of the seat and half
    /// of what its holder loses. Without a seat (replicas 0) the first in the commit window is paid, at the ramp's price.
    /// @param roster The holder of the seat, or empty without a seat.
    /// @param proof For the policy, which is told task, provider, program, input and result.
    function prove(Request calldata request, uint32[] calldata roster, Opening calldata opening, bytes calldata proof)
        external;

    /// @notice {prove} by the holder of a folded task's seat, until its commit window ends. Everything else, a rescue for one, needs
    /// the task unfolded first.
    function proveFolded(Request calldata request, Fold calldata fold, Opening calldata opening, bytes calldata proof)
        external;

    /// @notice Ends a task with a judge policy; from that policy only, until commit and reveal window are over.
    /// @param opening The result, which settles; or zeros, which fail the seat.
    function conclude(Request calldata request, uint32[] calldata roster, Opening calldata opening) external;

    /// @notice Brings the accepted result to the contract that the request names. By anyone, until it succeeded once. A callback
    /// that fails does not make this call revert.
    /// @param opening As in {IDecoTasks-settle}; its document is passed on.
    /// @return delivered Whether the callback took it.
    function deliver(Request calldata request, Opening calldata opening) external returns (bool delivered);

    /// @notice Announces progress of the caller's seat while its round executes. At most 64 times a seat, each for a small fee.
    function checkpoint(bytes32 taskId, bytes32 digest, uint16 progressBps) external;
}
