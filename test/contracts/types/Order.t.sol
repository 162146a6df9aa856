// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ORDER_WORDS, OrderLib, OrderTerms} from "../../../contracts/types/Order.sol";
import {REQUEST_WORDS, Request} from "../../../contracts/types/Request.sol";
import {MatchingFixture} from "../MatchingFixture.sol";

contract OrderTest is MatchingFixture {
    function isOrder(Request calldata request) external pure returns (bool) {
        return OrderLib.isOrder(request);
    }

    function firstForeign(Request calldata request) external pure returns (uint256, uint256) {
        return OrderLib.firstForeign(request);
    }

    function terms(Request calldata request) external pure returns (bytes memory copied) {
        copied = new bytes(ORDER_WORDS * 32);
        uint256 pointer;
        assembly ("memory-safe") {
            pointer := add(copied, 0x20)
        }
        OrderLib.copyTerms(request, pointer);
    }

    /// @dev One bit anywhere else than in an order's own words makes it none, and is named.
    function testFuzz_HasNothingElse(uint8 bit) public view {
        for (uint256 word = 0; word < REQUEST_WORDS; ++word) {
            bytes memory data = abi.encodeCall(this.isOrder, (_order()));
            _flip(data, word, bit);
            // Dirty bits of a narrow field may be refused before; never taken.
            (bool done, bytes memory answer) = address(this).staticcall(data);
            isTrue(!done || abi.decode(answer, (bool)) != _isForeign(word), "word");
            if (!_isForeign(word)) continue;
            data = abi.encodeCall(this.firstForeign, (_order()));
            _flip(data, word, bit);
            (done, answer) = address(this).staticcall(data);
            // The price's twin, whichever of them was changed.
            (uint256 position,) = abi.decode(answer, (uint256, uint256));
            isTrue(done && position == (word == 7 ? 8 : word), "position");
        }
    }

    function test_TermsAreTheFieldsInTheirOrder() public view {
        Request memory r = _order();
        OrderTerms memory expected = OrderTerms({
            nonce: r.nonce,
            expiry: r.expiry,
            input: r.input,
            volume: r.volume,
            token: r.token,
            price: r.minPrice,
            policy: r.policy,
            policyData: r.policyData,
            programOwner: r.programOwner,
            programBps: r.programBps,
            dataOwner: r.dataOwner,
            dataBps: r.dataBps
        });
        eq(keccak256(this.terms(r)), keccak256(abi.encode(expected)), "terms");
        eq(abi.encode(expected).length, ORDER_WORDS * 32, "words");
    }

    function _isForeign(uint256 word) private pure returns (bool) {
        if (word == 25 || word == 26) return true;
        return (word >= 7 && word <= 22) || word > 30;
    }

    function _flip(bytes memory data, uint256 word, uint8 bit) private pure {
        uint256 at = 4 + 32 * word + bit / 8;
        data[at] = data[at] ^ bytes1(uint8(1 << (bit % 8)));
    }

    function _order() private view returns (Request memory r) {
        (r.requester, r.nonce, r.expiry) = (holder, 7, 1_000);
        (r.program, r.input, r.volume) = (keccak256("program"), keccak256("input"), 2);
        (r.token, r.minPrice, r.maxPrice) = (address(token), 1e6, 1e6);
        (r.policy, r.policyData) = (STRANGER, keccak256("data"));
        (r.programOwner, r.programBps, r.dataOwner, r.dataBps) = (holder, 1, STRANGER, 2);
    }
}
