// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlockHashes} from "../../../contracts/randomness/BlockHashes.sol";
import {LocalRandomness} from "../../../contracts/randomness/LocalRandomness.sol";
import {Asserts} from "../support/Asserts.sol";
import {VM} from "../support/Vm.sol";

contract BlockHashesTest is Asserts {
    /// @dev Runtime code of EIP-2935.
    bytes private constant HISTORY_CODE =
        hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
    bytes32 private constant OLD = keccak256("a block long ago");
    uint256 private constant NOW = 20_000;

    function setUp() public {
        VM.roll(NOW);
        VM.etch(BlockHashes.HISTORY, HISTORY_CODE);
    }

    function test_ReadsRecentBlocksByOpcode() public view {
        eq(BlockHashes.get(NOW - 1), blockhash(NOW - 1), "parent");
        eq(BlockHashes.get(NOW - 256), blockhash(NOW - 256), "oldest by opcode");
        isTrue(BlockHashes.get(NOW - 1) != 0, "has a hash");
    }

    function test_HasNoHashOfThisAndFutureBlocks() public view {
        eq(BlockHashes.get(NOW), bytes32(0), "this block");
        eq(BlockHashes.get(NOW + 1), bytes32(0), "next block");
        eq(BlockHashes.get(type(uint256).max), bytes32(0), "largest number");
    }

    function test_ReadsOlderBlocksFromTheHistoryContract() public {
        _remember(NOW - 257);
        eq(BlockHashes.get(NOW - 257), OLD, "257 blocks old");
        _remember(NOW - 8_191);
        eq(BlockHashes.get(NOW - 8_191), OLD, "8,191 blocks old");
    }

    function test_LosesWhatTheHistoryContractHasOverwritten() public {
        _remember(NOW - 8_192);
        eq(BlockHashes.get(NOW - 8_192), bytes32(0), "8,192 blocks old");
        LocalRandomness randomness = new LocalRandomness();
        isTrue(randomness.lost(NOW - 8_192), "lost");
        isTrue(!randomness.lost(NOW), "this block is not lost yet");
    }

    function test_HasNoOldHashWithoutAHistoryContract() public {
        VM.etch(BlockHashes.HISTORY, "");
        eq(BlockHashes.get(NOW - 257), bytes32(0), "no code");
    }

    /// @dev Hardhat's history contract does so; the data of a failed call must not become a hash.
    function test_HasNoOldHashWhenTheHistoryContractFails() public {
        // PUSH1 32 PUSH0 REVERT
        VM.etch(BlockHashes.HISTORY, hex"60205ffd");
        eq(BlockHashes.get(NOW - 257), bytes32(0), "reverted");
        // PUSH1 31 PUSH0 RETURN
        VM.etch(BlockHashes.HISTORY, hex"601f5ff3");
        eq(BlockHashes.get(NOW - 257), bytes32(0), "short answer");
    }

    function _remember(uint256 blockNumber) private {
        VM.store(BlockHashes.HISTORY, bytes32(blockNumber % 8_191), OLD);
    }
}
