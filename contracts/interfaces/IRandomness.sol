// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IRandomness
/// @notice Randomness of past blocks, for sortition seeds. A seed belongs to a block after the call that asked for it, so
/// nobody knows it when stake is fixed.
interface IRandomness {
    /// @notice The seed of `blockNumber`.
    /// @return value Zero while it is unknown; once non-zero it never changes.
    function seed(uint256 blockNumber) external view returns (bytes32 value);

    /// @notice Whether the seed of `blockNumber` is unknown and can never become known.
    function lost(uint256 blockNumber) external view returns (bool);
}
