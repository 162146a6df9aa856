// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../interfaces/IRandomness.sol";

/// @title NoRandomness
/// @notice For chains without a sound source of randomness: no seed ever becomes known, so no seat is won by sortition and no
/// panel is drawn. Allocators alone give seats; a task that none of them fills expires and is refunded.
/// @dev No seed is ever lost either: reseeding would open the claim window once more for nothing.
contract NoRandomness is IRandomness {
    /// @inheritdoc IRandomness
    function seed(uint256) external pure returns (bytes32 value) {
        return value;
    }

    /// @inheritdoc IRandomness
    function lost(uint256) external pure returns (bool) {
        return false;
    }
}
