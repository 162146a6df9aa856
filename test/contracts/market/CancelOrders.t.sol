// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";

contract CancelOrdersTest is MatchingFixture {
    function test_GivenNoncesThatWereUsed() public {
        _as(holder);
        market.cancelOrders(3, 6);
        _as(holder);
        market.cancelOrders(3, 1 << 255);
        eq(market.orderNonces(holder, 3), 6 | (1 << 255), "both");
        _as(holder);
        market.cancelOrders(3, 0);
        eq(market.orderNonces(holder, 3), 6 | (1 << 255), "nothing takes them back");
    }

    function test_GivenAnotherAccount() public {
        _as(STRANGER);
        market.cancelOrders(3, type(uint256).max);
        eq(market.orderNonces(holder, 3), 0, "untouched");
        eq(market.orderNonces(STRANGER, 2), 0, "the word before");
        eq(market.orderNonces(STRANGER, 4), 0, "the word after");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoMatching.OrdersCancelled(holder, type(uint248).max, 5);
        _as(holder);
        market.cancelOrders(type(uint248).max, 5);
        eq(market.orderNonces(holder, type(uint248).max), 5, "bits");
    }
}
