// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PolicyParameters, PostParameters, TaskParameters, TokenParameters} from "../types/Parameters.sol";

/// @title IDecoParameters
/// @notice The market's governed values. Every change makes a new version; a task keeps the version of its post. The owner
/// (the timelock on public networks) can move no user's funds with it, and cannot leave the bounds coded here.
interface IDecoParameters {
    /// @notice Thrown when a value leaves its hard bounds. `parameter` names it.
    error ParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice Thrown when an address that must not be zero is zero.
    error ZeroAddress(bytes32 parameter);
    /// @notice Thrown when a listed token is an account without code.
    error TokenWithoutCode(address token);
    /// @notice Thrown when a policy is an account without code.
    error PolicyWithoutCode(address policy);
    /// @notice Thrown when a policy that was removed for ever would be listed again.
    error PolicyTombstoned(address policy);
    /// @notice Thrown when a policy that was never listed would be removed.
    error PolicyUnknown(address policy);
    /// @notice Thrown when 2^16 versions have been used.
    error VersionsExhausted();

    event ParametersChanged(uint16 indexed version, TaskParameters task, PostParameters post);
    event TokenChanged(address indexed token, TokenParameters parameters);
    event TreasuryChanged(address treasury);
    event PolicyChanged(address indexed policy, PolicyParameters parameters);
    event AllocatorChanged(address indexed allocator, bool movesTrust);

    /// @notice What `post` needs, in one call and packed.
    /// @return post {PostParameters} and the version that a task posted now keeps, see {PostWord}.
    /// @return task {TaskParameters}, see {TaskParametersLib}.
    /// @return listing {TokenParameters} of the payment token, see {TokenWord}.
    function atPost(address token) external view returns (uint256 post, uint256 task, uint256 listing);

    /// @notice What an order needs, in one call and packed.
    /// @return post As {atPost} gives it.
    /// @return listing {TokenParameters} of the payment token, see {TokenWord}.
    /// @return policy_ {PolicyParameters} of its policy, see {PolicyWord}.
    function atOrder(address token, address policy)
        external
        view
        returns (uint256 post, uint256 listing, uint256 policy_);

    /// @notice Packed {TaskParameters} of a version.
    function taskWord(uint16 version) external view returns (uint256);

    function version() external view returns (uint16);
    function taskParameters(uint16 version) external view returns (TaskParameters memory);
    function postParameters() external view returns (PostParameters memory);
    function tokenParameters(address token) external view returns (TokenParameters memory);
    /// @notice Whether seats that this allocator gives may raise trust. Of each of its rounds one seat is then drawn.
    function movesTrust(address allocator) external view returns (bool);
    function policyParameters(address policy) external view returns (PolicyParameters memory);
    /// @notice The same packed, see {PolicyWord}: what the market reads.
    function policyWord(address policy) external view returns (uint256);
    /// @notice Receiver of protocol fees.
    function treasury() external view returns (address);
}
