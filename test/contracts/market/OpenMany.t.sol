// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {Match, Offer} from "../../../contracts/types/Matching.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";
import {HostileAnswers} from "../support/Wallets.sol";

contract OpenManyTest is MatchingFixture {
    function test_RevertWhen_ThereAreNoItems() public {
        _refused(abi.encodeWithSelector(TooManyMatches.selector, 0, 32));
        market.openMany(new Match[](0));
    }

    function test_RevertWhen_ThereAreTooManyItems() public {
        _refused(abi.encodeWithSelector(TooManyMatches.selector, 33, 32));
        market.openMany(new Match[](33));
    }

    function test_RevertWhen_AllItemsAreRefused() public {
        Match[] memory items = _items(2);
        items[0].signature = "";
        items[1].assignment = "";
        _refused(abi.encodeWithSelector(InvalidSignature.selector, holder));
        _openMany(items);
    }

    function test_WhenASeatOfAnItemIsRefused() public {
        Match[] memory items = _items(2);
        // Its first seat is fine; the second comes from an offer that is too short.
        Offer memory offer = _offer(ids[4]);
        offer.minCommitWindow = 601;
        items[0].taskSeats = _taskSeats(_idOf(items[0]), _one(3));
        items[0].offerSeats = _signed(offer);
        items[0] = _assigned(items[0]);
        uint256 before = _balance(holder);
        bytes32 refused = _idOf(items[0]);
        VM.expectEmit(true, false, false, true);
        emit IDecoMatching.MatchRefused(refused, OfferMismatch.selector);
        eq(_openMany(items), 1, "done");
        eq(uint256(market.getSeat(_idOf(items[0]), ids[3]).status), 0, "no seat");
        eq(_work(ids[3]).locked, 0, "no lock");
        eq(market.offerUse(_hashOf(offer)), 0, "no use");
        eq(before - _balance(holder), _escrow(items[1].request), "one escrow");
        isTrue(_status(_idOf(items[1])) == TaskStatus.Executing, "the other is full");
    }

    function test_WhenAnItemRepeatsAnother() public {
        Match[] memory items = _items(2);
        items[1] = items[0];
        bytes32 refused = _idOf(items[0]);
        VM.expectEmit(true, false, false, true);
        emit IDecoMatching.MatchRefused(refused, WrongStatus.selector);
        eq(_openMany(items), 1, "done");
    }

    function test_WhenAWalletBurnsTheGasOfItsAnswer() public {
        Match[] memory items = _items(3);
        HostileAnswers wallet = new HostileAnswers();
        wallet.set(HostileAnswers.Manner.BurnGas);
        items[1].request.requester = address(wallet);
        bytes32 refused = _idOf(items[1]);
        VM.expectEmit(true, false, false, true);
        emit IDecoMatching.MatchRefused(refused, InvalidSignature.selector);
        VM.prank(RELAYER);
        eq(market.openMany{gas: 2_500_000}(items), 2, "done");
    }

    function test_WhenTheAllocatorCalls() public {
        Match[] memory items = _items(2);
        (items[0].assignment, items[1].assignment) = (bytes(""), bytes(""));
        VM.prank(allocator);
        eq(market.openMany(items), 2, "done");
    }

    function test_WhenAllIsWell() public {
        Match[] memory items = _items(3);
        eq(_openMany(items), 3, "done");
        for (uint256 i = 0; i < 3; ++i) {
            isTrue(_status(_idOf(items[i])) == TaskStatus.Executing, "full");
        }
        eq(_work(ids[0]).locked, 3 * LOCK, "locked");
    }

    function _items(uint256 count) private returns (Match[] memory items) {
        items = new Match[](count);
        for (uint256 i = 0; i < count; ++i) {
            Request memory request = _signable();
            items[i] = _assigned(_match(request, _pair()));
        }
    }

    function _idOf(Match memory item) private view returns (bytes32) {
        return market.hashRequest(item.request);
    }

    function _openMany(Match[] memory items) private returns (uint256) {
        VM.prank(RELAYER);
        return market.openMany(items);
    }
}
