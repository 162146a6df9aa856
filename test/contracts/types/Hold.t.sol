// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HoldLib, ReserveWord} from "../../../contracts/types/Hold.sol";
import {Asserts} from "../support/Asserts.sol";

contract HoldTest is Asserts {
    function testFuzz_Hold(uint32 provider, uint8 index, uint16 version, uint16 feeBps, uint40 until, uint256 amount)
        public
        pure
    {
        // All DECO that there can be has 90 bits.
        amount %= 2 ** 90;
        uint256 key = ReserveWord.key(provider, index);
        uint256 hold = HoldLib.pack(key, version, feeBps, until, amount);
        eq(HoldLib.reserveOf(hold), key, "reserve");
        eq(HoldLib.providerOf(hold), provider, "provider");
        eq(uint8(HoldLib.reserveOf(hold) >> 32), index, "index");
        eq(HoldLib.versionOf(hold), version, "version");
        eq(HoldLib.feeBpsOf(hold), feeBps, "fee");
        eq(HoldLib.untilOf(hold), until, "until");
        eq(HoldLib.amountOf(hold), amount, "amount");
        eq(hold >> 202, 0, "nothing beyond");
    }

    /// @dev Every bit of a word is read by one of the readings, so a word that reads the same is the same.
    function testFuzz_HoldHasNoOtherBits(uint256 hold) public pure {
        uint256 again = HoldLib.pack(
            HoldLib.reserveOf(hold),
            HoldLib.versionOf(hold),
            HoldLib.feeBpsOf(hold),
            HoldLib.untilOf(hold),
            HoldLib.amountOf(hold)
        );
        eq(again, hold, "hold");
    }

    function testFuzz_Keys(uint32 provider, uint8 index, uint32 other, uint8 otherIndex) public pure {
        bool same = provider == other && index == otherIndex;
        isTrue((ReserveWord.key(provider, index) == ReserveWord.key(other, otherIndex)) == same, "key");
    }

    function testFuzz_FreeReserve(uint96 amount) public pure {
        uint256 word = ReserveWord.free(amount);
        isTrue(ReserveWord.isFree(word), "free");
        eq(ReserveWord.amountOf(word), amount, "amount");
        eq(word, (uint256(amount) << 8) | 1, "word");
    }

    /// @dev Nothing that is in use is free, or none, or in use by something else.
    function testFuzz_UsedReserve(bytes32 taskId, uint256 hold, uint8 bit) public pure {
        uint256 word = ReserveWord.used(taskId, hold);
        isTrue(!ReserveWord.isFree(word), "not free");
        eq(word, (uint256(keccak256(abi.encode(taskId, hold))) & ~uint256(0xff)) | 2, "word");
        isTrue(ReserveWord.used(taskId ^ bytes32(1 << uint256(bit)), hold) != word, "another order");
        isTrue(ReserveWord.used(taskId, hold ^ (1 << uint256(bit))) != word, "another hold");
    }

    function test_NoReserve() public pure {
        isTrue(!ReserveWord.isFree(0), "not free");
    }
}
