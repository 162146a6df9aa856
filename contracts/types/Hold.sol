// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title HoldLib
/// @notice A hold of an order, in one word: from the lowest bit provider 32, index of its reserve 8, version of the parameters 16, protocol
/// fee 16 (of that version), last second for the holder's proof 40, DECO in the reserve 90. The chain keeps its digest; whoever
/// calls brings the word along, as the event told it.
library HoldLib {
    function pack(uint256 reserve, uint256 version, uint256 feeBps, uint256 until, uint256 amount)
        internal
        pure
        returns (uint256 hold)
    {
        return reserve | (version << 40) | (feeBps << 56) | (until << 72) | (amount << 112);
    }

    /// @notice Key of the reserve: provider and index.
    function reserveOf(uint256 hold) internal pure returns (uint256) {
        return uint40(hold);
    }

    function providerOf(uint256 hold) internal pure returns (uint32) {
        return uint32(hold);
    }

    function versionOf(uint256 hold) internal pure returns (uint16) {
        return uint16(hold >> 40);
    }

    function feeBpsOf(uint256 hold) internal pure returns (uint256) {
        return uint16(hold >> 56);
    }

    function untilOf(uint256 hold) internal pure returns (uint256) {
        return uint40(hold >> 72);
    }

    function amountOf(uint256 hold) internal pure returns (uint256) {
        return hold >> 112;
    }
}

/// @title ReserveWord
/// @notice DECO of a provider that is set aside for orders, one at a time, in a word that is written again and again: its lowest byte
/// says what the rest is. Free: the amount. In use: the digest of order and hold, of which 248 bits leave 2^124 work for a collision.
library ReserveWord {
    uint256 private constant FREE = 1;
    uint256 private constant USED = 2;

    function key(uint32 provider, uint8 index) internal pure returns (uint256) {
        return uint256(provider) | (uint256(index) << 32);
    }

    function free(uint256 amount) internal pure returns (uint256) {
        return (amount << 8) | FREE;
    }

    function used(bytes32 taskId, uint256 hold) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            mstore(0, taskId)
            mstore(0x20, hold)
            word := keccak256(0, 0x40)
        }
        return (word & ~uint256(0xff)) | USED;
    }

    function isFree(uint256 word) internal pure returns (bool) {
        return word & 0xff == FREE;
    }

    /// @notice What is in a free one.
    function amountOf(uint256 word) internal pure returns (uint256) {
        return word >> 8;
    }
}
