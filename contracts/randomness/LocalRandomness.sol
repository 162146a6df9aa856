// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../interfaces/IRandomness.sol";
import {BlockHashes} from "./BlockHashes.sol";

/// @title LocalRandomness
/// @notice Seeds from plain block hashes, for local chains only: it needs no proof transaction.
/// @dev WARNING: never on a public chain. Whoever builds a block can vary its extra data, transaction order or timestamp and
/// hash thousands of candidates a millisecond, until the hash draws its own identities. Use {PrevrandaoRandomness} there.
/// The hash of a block is known from the next block on: for 256 blocks by opcode, then up to 8,191 blocks by the history
/// contract of EIP-2935 where the chain has it. A seed that leaves this window reads as zero again and counts as lost.
contract LocalRandomness is IRandomness {
    /// @inheritdoc IRandomness
    function seed(uint256 blockNumber) external view returns (bytes32 value) {
        bytes32 hash = BlockHashes.get(blockNumber);
        if (hash != 0) value = keccak256(abi.encode(hash));
    }

    /// @inheritdoc IRandomness
    function lost(uint256 blockNumber) external view returns (bool) {
        return blockNumber < block.number && BlockHashes.get(blockNumber) == 0;
    }
}
