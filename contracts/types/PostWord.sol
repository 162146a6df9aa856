// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PostParameters, TokenParameters} from "./Parameters.sol";

/// @title PostWord
/// @notice {PostParameters} and the version that they belong to, in one word. Layout from the lowest bit: minLock 40,
/// unbond 32, minClaimWindow 24, minRevealWindow 24, trustStart 8, version 16,
/// maxCallbackGas 24, protocolFeeBps 16 (of the same version).
library PostWord {
    function pack(PostParameters memory post, uint16 version, uint16 feeBps) internal pure returns (uint256 word) {
        word = uint256(post.minLock) | (uint256(post.unbond) << 40) | (uint256(post.minClaimWindow) << 72);
        word |= (uint256(post.minRevealWindow) << 96) | (uint256(post.trustStart) << 120) | (uint256(version) << 128);
        word |= (uint256(post.maxCallbackGas) << 144) | (uint256(feeBps) << 168);
    }

    // Readings of single fields, for `post`.

    function minLock(uint256 word) internal pure returns (uint256) {
        return uint40(word);
    }

    function unbond(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 40);
    }

    function minClaimWindow(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 72);
    }

    function minRevealWindow(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 96);
    }

    function maxCallbackGas(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 144);
    }

    function protocolFeeBps(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 168);
    }

    function unpackPost(uint256 word) internal pure returns (PostParameters memory post) {
        post.minLock = uint40(word);
        post.unbond = uint32(word >> 40);
        post.minClaimWindow = uint24(word >> 72);
        post.minRevealWindow = uint24(word >> 96);
        post.trustStart = uint8(word >> 120);
        post.maxCallbackGas = uint24(word >> 144);
    }

    function versionOf(uint256 word) internal pure returns (uint16) {
        return uint16(word >> 128);
    }
}

/// @title TokenWord
/// @notice {TokenParameters} as the compiler packs them into their slot: listed 8, lockRate 112, minSettlementFee 96.
library TokenWord {
    function read(TokenParameters storage listing) internal view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(listing.slot)
        }
    }

    function listed(uint256 word) internal pure returns (bool) {
        return word & 0xff != 0;
    }

    function lockRate(uint256 word) internal pure returns (uint256) {
        return uint112(word >> 8);
    }

    function minSettlementFee(uint256 word) internal pure returns (uint256) {
        return uint96(word >> 120);
    }
}
