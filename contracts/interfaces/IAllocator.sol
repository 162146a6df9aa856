// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AssignedSeat} from "../types/Matching.sol";
import {Request} from "../types/Request.sol";

/// @title IAllocator
/// @notice An allocator whose rule is on-chain: a request names the contract, anyone proposes who shall sit, the contract
/// answers.
/// @dev Asked by `staticcall` with {Signatures.GAS}. It gives seats only together with the providers' offers, within the
/// request's allocator window.
interface IAllocator {
    /// @notice Whether it gives these seats.
    /// @param taskId The task; its word may not be stored yet.
    /// @param round The round that is open, from 1.
    /// @param seats Providers with the prices of their offers.
    /// @return magic `IAllocator.assigns.selector` for yes. Anything else, a revert, or gas exhausted, counts as no.
    function assigns(bytes32 taskId, Request calldata request, uint256 round, AssignedSeat[] calldata seats)
        external
        view
        returns (bytes4 magic);
}
