// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title HexText
/// @notice Words as documents write them: 64 lower-case hexadecimal digits.
library HexText {
    /// @return text The digits, 64 bytes in two words.
    function digits(uint256 word) internal pure returns (bytes32[2] memory text) {
        text[0] = _half(word >> 128);
        text[1] = _half(word & type(uint128).max);
    }

    /// @dev Spreads 32 nibbles over 32 bytes, then makes all bytes letters at once.
    function _half(uint256 x) private pure returns (bytes32) {
        // Every byte stays below 0x80, so no carry reaches its neighbour.
        unchecked {
            x = (x | (x << 64)) & 0x0000000000000000FFFFFFFFFFFFFFFF0000000000000000FFFFFFFFFFFFFFFF;
            x = (x | (x << 32)) & 0x00000000FFFFFFFF00000000FFFFFFFF00000000FFFFFFFF00000000FFFFFFFF;
            x = (x | (x << 16)) & 0x0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF;
            x = (x | (x << 8)) & 0x00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF;
            x = (x | (x << 4)) & 0x0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F;
            uint256 ones = 0x0101010101010101010101010101010101010101010101010101010101010101;
            uint256 letters = ((x + ones * 6) >> 4) & ones;
            // "0" is 0x30, and "a" is 39 beyond what follows "9".
            return bytes32(x + ones * 0x30 + letters * 39);
        }
    }
}
