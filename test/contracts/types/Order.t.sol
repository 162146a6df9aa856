// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HOLD_WORDS, ORDER_WORDS, Order, OrderLib} from "../../../contracts/types/Order.sol";
import {REQUEST_WORDS, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {Royalties} from "../../../contracts/types/Royalties.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {Orders} from "../support/Orders.sol";

contract OrderTest is MatchingFixture {
    /// @dev Words of an {Order}: requester and program, then terms and hold.
    uint256 private constant WORDS = 2 + ORDER_WORDS + HOLD_WORDS;

    function isOrder(Request calldata request) external pure returns (bool) {
        return OrderLib.isOrder(request);
    }

    function isHeld(Order calldata order) external pure returns (bool) {
        return OrderLib.isHeld(order);
    }

    function hashOf(Order calldata order) external pure returns (bytes32) {
        return OrderLib.structHash(order);
    }

    function hashOfRequest(Request calldata request) external pure returns (bytes32) {
        return RequestLib.structHash(request);
    }

    function royaltiesOf(Order calldata order) external pure returns (Royalties memory) {
        return OrderLib.royalties(order.terms);
    }

    /// @dev Where memory beyond the free pointer was used before.
    function hashOnDirt(Order calldata order, uint256 dirt) external pure returns (bytes32) {
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            for { let i := 0 } lt(i, 0x800) { i := add(i, 0x20) } { mstore(add(pointer, i), dirt) }
        }
        return OrderLib.structHash(order);
    }

    /// @dev With another call's data behind the order's, as when it is one argument of several.
    function hashBefore(Order calldata order, uint256, bytes calldata) external pure returns (bytes32) {
        return OrderLib.structHash(order);
    }

    /// @dev What an event copies, from the terms on.
    function copyOf(Order calldata order, uint256 words) external pure returns (bytes memory copied) {
        copied = new bytes(words * 32);
        assembly ("memory-safe") {
            calldatacopy(add(copied, 0x20), add(order, 0x40), mul(words, 0x20))
        }
    }

    /// @dev One bit anywhere else than in an order's own words makes it none.
    function testFuzz_HasNothingElse(uint8 bit) public view {
        for (uint256 word = 0; word < REQUEST_WORDS; ++word) {
            bytes memory data = abi.encodeCall(this.isOrder, (_asked()));
            _flip(data, word, bit);
            // Dirty bits of a narrow field may be refused before; never taken.
            (bool done, bytes memory answer) = address(this).staticcall(data);
            isTrue(!done || abi.decode(answer, (bool)) != _isForeign(word), "word");
        }
    }

    /// @dev Each word of the hold, and no other, says that it is to be held.
    function testFuzz_IsHeldByWhatItSays(uint8 bit) public view {
        Order memory order = Orders.from(_asked());
        delete order.hold;
        isTrue(!this.isHeld(order), "at once");
        for (uint256 word = 0; word < WORDS; ++word) {
            bytes memory data = abi.encodeCall(this.isHeld, (order));
            _flip(data, word, bit);
            (bool done, bytes memory answer) = address(this).staticcall(data);
            isTrue(done && abi.decode(answer, (bool)) == (word >= 2 + ORDER_WORDS), "word");
        }
    }

    function testFuzz_HashesAsTheRequestThatItIs(Order memory order, uint256 dirt, bytes memory rest) public view {
        Request memory request = Orders.toRequest(order);
        isTrue(this.isOrder(request), "an order");
        eq(keccak256(abi.encode(Orders.from(request))), keccak256(abi.encode(order)), "back");
        bytes32 expected = this.hashOfRequest(request);
        eq(this.hashOf(order), expected, "hash");
        eq(this.hashOnDirt(order, dirt), expected, "on dirt");
        eq(this.hashOnDirt(order, type(uint256).max), expected, "on ones");
        eq(this.hashBefore(order, dirt, rest), expected, "with more behind it");
        eq(_digest(expected), market.hashRequest(request), "what is signed");
    }

    /// @dev No bit of it is left out of the hash.
    function testFuzz_HashesEachBit(Order memory order, uint8 bit) public view {
        bytes32 expected = this.hashOf(order);
        for (uint256 word = 0; word < WORDS; ++word) {
            bytes memory data = abi.encodeCall(this.hashOf, (order));
            _flip(data, word, bit);
            // Dirty bits hash to an id that no order has.
            (bool done, bytes memory answer) = address(this).staticcall(data);
            isTrue(done && abi.decode(answer, (bytes32)) != expected, "word");
        }
    }

    function testFuzz_LiesAsItIsCopied(Order memory order) public view {
        bytes memory terms = abi.encode(order.terms);
        bytes memory both = abi.encode(order.terms, order.hold);
        eq(terms.length, ORDER_WORDS * 32, "words of the terms");
        eq(both.length, (ORDER_WORDS + HOLD_WORDS) * 32, "and of the hold");
        eq(abi.encode(order).length, WORDS * 32, "of all");
        eq(keccak256(this.copyOf(order, ORDER_WORDS)), keccak256(terms), "terms");
        eq(keccak256(this.copyOf(order, ORDER_WORDS + HOLD_WORDS)), keccak256(both), "terms and hold");
        Royalties memory shares = this.royaltiesOf(order);
        bytes memory expected =
            abi.encode(order.terms.programOwner, order.terms.programBps, order.terms.dataOwner, order.terms.dataBps);
        eq(keccak256(abi.encode(shares)), keccak256(expected), "royalties");
    }

    /// @dev Prices, which must be one; then all but windows, policy, royalties and lock.
    function _isForeign(uint256 word) private pure returns (bool) {
        if (word == 16 || word == 17 || word == 23 || word == 24) return false;
        return (word >= 7 && word < 27) || word > 31;
    }

    function _flip(bytes memory data, uint256 word, uint8 bit) private pure {
        data[4 + 32 * word + bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
    }

    function _asked() private view returns (Request memory r) {
        (r.requester, r.nonce, r.expiry) = (holder, 7, 1_000);
        (r.program, r.input, r.volume) = (keccak256("program"), keccak256("input"), 2);
        (r.token, r.minPrice, r.maxPrice) = (address(token), 1e6, 1e6);
        (r.policy, r.policyData) = (STRANGER, keccak256("data"));
        (r.programOwner, r.programBps, r.dataOwner, r.dataBps) = (holder, 1, STRANGER, 2);
        (r.lock, r.commitWindow, r.revealWindow) = (LOCK, 600, 300);
    }
}
