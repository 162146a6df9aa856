// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";

import {IRandomness} from "../interfaces/IRandomness.sol";
import {BlockHashes} from "./BlockHashes.sol";

/// @title PrevrandaoRandomness
/// @notice Seeds from the `prevrandao` of a block (EIP-4399), for public chains. Anyone proves it once per block, by the
/// block's header, and it serves all tasks.
/// @dev The header of block n + 1 carries the mix after the reveal of block n: that is the seed of block n. So the proposer of a
/// call that asks for the seed of the next block does not know it; the proposer of that next block can only withhold it,
/// which costs the block reward and moves the draw by one bit. See docs/decisions/0114.
/// Headers are RLP lists; field 8 is the number, field 13 the mix hash, which holds prevrandao since Paris. The header's hash
/// must be the chain's: by opcode for 256 blocks, then up to 8,191 blocks by EIP-2935.
contract PrevrandaoRandomness is IRandomness {
    /// @notice Thrown when the header is not the one of the chain's block of that number, or that block's hash is out of
    /// reach (`expected` is zero then).
    error UnknownHeader(uint256 blockNumber, bytes32 expected, bytes32 actual);
    /// @notice Thrown when the block was proven before.
    error AlreadyProven(uint256 blockNumber);

    /// @notice `value` is zero when the header of that number carries no randomness: the seed of the block before is lost.
    event Proven(uint256 indexed blockNumber, bytes32 value);

    /// @dev By the number of the header that carries them.
    mapping(uint256 blockNumber => bytes32) private _seeds;
    /// @dev Headers that were proven to carry a zero.
    mapping(uint256 blockNumber => bool) private _void;

    /// @notice Stores the randomness that a header carries: the seed of the block before it.
    /// @param header The block's header, RLP-encoded. Reverts with `RLPInvalidEncoding` or `FieldNotPresentInBlockHeader`
    /// when it is no header.
    function prove(bytes calldata header) external {
        Memory.Slice[] memory fields = BlockHeader.parseHeader(header);
        uint256 blockNumber = BlockHeader.getNumber(fields);
        if (_seeds[blockNumber] != 0 || _void[blockNumber]) revert AlreadyProven(blockNumber);
        bytes32 expected = BlockHashes.get(blockNumber);
        bytes32 actual = keccak256(header);
        if (expected != actual) revert UnknownHeader(blockNumber, expected, actual);

        bytes32 value = BlockHeader.getPrevRandao(fields);
        // A zero hash never counts: everybody knows it beforehand.
        if (value == 0) _void[blockNumber] = true;
        else _seeds[blockNumber] = value;
        emit Proven(blockNumber, value);
    }

    /// @inheritdoc IRandomness
    function seed(uint256 blockNumber) external view returns (bytes32 value) {
        return _seeds[blockNumber + 1];
    }

    /// @inheritdoc IRandomness
    function lost(uint256 blockNumber) external view returns (bool) {
        uint256 carrier = blockNumber + 1;
        if (_seeds[carrier] != 0) return false;
        if (_void[carrier]) return true;
        return carrier < block.number && BlockHashes.get(carrier) == 0;
    }
}
