// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BlockHashes
/// @notice Hashes of past blocks: by opcode for 256 blocks, then, where the chain has it, by the history contract of
/// EIP-2935 for 8,191.
/// @dev OpenZeppelin's library of the same purpose takes the data of a failed call for a hash; a chain whose history
/// contract reverts with a reason (Hardhat's) would then have one known "hash" for all old blocks.
library BlockHashes {
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    uint256 internal constant OPCODE_RANGE = 256;

    /// @return hash Zero when the block is not past or its hash is out of reach.
    function get(uint256 blockNumber) internal view returns (bytes32 hash) {
        if (blockNumber >= block.number) return 0;
        if (block.number - blockNumber <= OPCODE_RANGE) return blockhash(blockNumber);
        (bool succeeded, bytes memory answer) = HISTORY.staticcall(abi.encode(blockNumber));
        if (succeeded && answer.length == 32) hash = bytes32(answer);
    }
}
